import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Shows the kind of a protocol entry, which never changes: its icon and its name. */
export class KindField extends Component {
    static template = "kundenportal_addon.KindField";
    static props = { ...standardFieldProps };

    get kind() {
        return this.props.record.data[this.props.name] || {};
    }
}

registry.category("fields").add("kundenportal_kind", {
    component: KindField,
    supportedTypes: ["many2one"],
    relatedFields: [{ name: "icon", type: "char" }],
});
