import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Shows the Font Awesome icon whose name is the field's value; the text beside it says what it means. */
export class IconField extends Component {
    static template = "kundenportal_addon.IconField";
    static props = { ...standardFieldProps };

    get icon() {
        return this.props.record.data[this.props.name] || "";
    }
}

registry.category("fields").add("kundenportal_icon", {
    component: IconField,
    supportedTypes: ["char"],
});
