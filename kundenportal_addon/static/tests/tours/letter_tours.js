import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("kundenportal_letter_code", {
    steps: () => [
        {
            content: "the code of the picture is filled in",
            trigger: "form.o_kundenportal_code input[name='code']:value(-)",
        },
        {
            trigger: "form.o_kundenportal_code button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "input#login[readonly]" },
    ],
});
