import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Lists on the dashboard what kinds of entries wait in the inbox; each number opens its list. */
export class InboxKindsField extends Component {
    static template = "kundenportal_addon.InboxKindsField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get kinds() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(kind, overdue) {
        const { resModel, resId } = this.props.record;
        const parameters = [[resId], kind.id, overdue];
        this.action.doAction(
            await this.orm.call(resModel, "action_portal_inbox_kind", parameters)
        );
    }
}

registry.category("fields").add("kundenportal_inbox_kinds", {
    component: InboxKindsField,
    supportedTypes: ["json"],
});
