import { Component, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Shows a page that the server made for printing, and prints it; the page is kept nowhere. */
export class PrintAction extends Component {
    static template = "kundenportal_addon.PrintAction";
    static props = { ...standardActionServiceProps, close: { type: Function, optional: true } };

    setup() {
        this.frame = useRef("frame");
    }

    get html() {
        return this.props.action.params.html;
    }

    print() {
        this.frame.el.contentWindow.print();
    }
}

registry.category("actions").add("kundenportal_print", PrintAction);
