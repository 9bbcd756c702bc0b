import { registry } from "@web/core/registry";

/** The inputs of the test's form, by label: ids are the database's. */
function inputOf(label) {
    const labelEl = [...document.querySelectorAll(".kp_form_field label")].find((el) =>
        el.textContent.trim().startsWith(label)
    );
    return document.getElementById(labelEl.htmlFor);
}

function fieldOf(label) {
    return inputOf(label).closest(".kp_form_field");
}

function check(condition, sentence) {
    if (!condition) {
        throw new Error(sentence);
    }
}

function change(inputEl, value) {
    if (inputEl.type === "checkbox") {
        inputEl.checked = value;
    } else {
        inputEl.value = value;
    }
    inputEl.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("kundenportal_form_visibility", {
    steps: () => [
        {
            content: "what depends on something else is hidden by the script",
            trigger: ".kp_form_field[data-visible-name][hidden]:not(:visible)",
            run() {
                check(fieldOf("Seriennummer").hidden, "the serial number depends on the device");
                check(fieldOf("Warum?").hidden, "the reason depends on the tick");
                const optionEl = [...inputOf("Gerät").options].find((el) => el.text === "Drucker");
                change(inputOf("Gerät"), optionEl.value);
                check(!fieldOf("Seriennummer").hidden, "of a printer it is asked for");
                change(inputOf("Dringend"), true);
                check(!fieldOf("Warum?").hidden, "a tick shows the reason");
                change(inputOf("Dringend"), false);
                check(fieldOf("Warum?").hidden, "and hides it again");
                inputOf("Seriennummer").value = "4711";
            },
        },
        {
            trigger: "button.kp_action_submit",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".kp_action_done" },
    ],
});
