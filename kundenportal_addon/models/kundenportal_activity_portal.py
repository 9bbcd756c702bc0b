import logging

from odoo import api, models

from ..tools.case_state import RUNNING

_logger = logging.getLogger(__name__)


class KundenportalActivity(models.Model):
    """What customers see of a case; called for cases that the acting customer may read."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS === #

    @api.model
    def mail_allowed_qweb_expressions(self):
        """Let everybody name the case and its customer, not only editors of templates.

        :rtype: tuple[str]
        """
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.number",
            "object.name",
            "object.type_id.name",
            "object.equipment_id.name",
            "object.equipment_id.serial_no",
            "object.partner_id.name",
            "object.partner_id.salutation",
            "object.commercial_partner_id.name",
        )

    def _get_access_action(self, access_uid=None, force_website=False):
        """Lead customers from a mail's link to their page instead of the backend."""
        self.ensure_one()
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        if user.sudo().share or force_website:  # logins are not customers' to read
            return {
                "type": "ir.actions.act_url",
                "url": self._get_portal_path(),
                "target": "self",
                "res_id": self.id,
            }
        return super()._get_access_action(access_uid=access_uid, force_website=force_website)

    def _get_portal_path(self):
        """Return the path of the case's page in the portal."""
        self.ensure_one()
        return f"/my/activities/{self.id}"

    def _render_portal_texts(self, names=("portal_title", "portal_description")):
        """Fill in the placeholders of the types' texts for many cases, by type.

        Never fails: what cannot be filled in is left out, and the case's own title stands.

        :param names: of the fields of the type
        :return: per case id a text per name; the title is never empty
        :rtype: dict[int, dict[str, str]]
        """
        cases_sudo = self.sudo()  # types, devices and staff are not customers' to read
        texts = {case.id: dict.fromkeys(names, "") for case in cases_sudo}
        for case_type, cases in cases_sudo.grouped("type_id").items():
            for name in names:
                for case_id, text in cases._render_portal_text(case_type[name]).items():
                    texts[case_id][name] = text
        for case in cases_sudo:
            if "portal_title" in names:
                texts[case.id]["portal_title"] = texts[case.id]["portal_title"] or case.name
        return texts

    def _render_portal_text(self, template):
        """Return one text for each of the cases, as superuser.

        :param str template: text with placeholders, checked when it was written
        :rtype: dict[int, str]
        """
        if not template or "{{" not in template:
            return dict.fromkeys(self.ids, template or "")
        try:
            rendered = self.env["mail.render.mixin"]._render_template(
                template, self._name, self.ids, engine="inline_template"
            )
        except Exception:  # expressions are anybody's; a page must not fail for one
            _logger.info("A text of a case type cannot be filled in", exc_info=True)
            return dict.fromkeys(self.ids, "")
        return {case_id: (text or "").strip() for case_id, text in rendered.items()}

    def _get_portal_stages(self):
        """Return the stage that customers are shown for each case, as superuser.

        Of stages that they do not see the last visible one before it; if there is none, nothing,
        and the state's name stands.

        :rtype: dict[int, object]
        """
        found = {}
        for case_sudo in self.sudo():  # stages are not customers' to read
            stage = case_sudo.stage_id
            if not stage.is_in_portal:
                earlier = case_sudo.type_id.stage_ids.sorted().filtered(
                    lambda one, stage=stage: (
                        one.is_in_portal
                        and (one.sequence, one.id) < (stage.sequence, stage.id)
                        and (one.state in RUNNING) == (stage.state in RUNNING)
                    )
                )
                stage = earlier[-1:]
            found[case_sudo.id] = stage
        return found

    def _get_portal_status(self):
        """Return what customers read as the status of each case.

        :rtype: dict[int, str]
        """
        stages, states = self._get_portal_stages(), self._get_portal_states()
        return {
            case.id: stages[case.id]._get_portal_name() if stages[case.id] else states[case.state]
            for case in self
        }

    def _prepare_portal_progress(self):
        """Return the way of the case as customers see it, step by step.

        Steps out of the way (cancelled, waiting) are shown only while the case is there, and what
        it went past without (a date, or all that follows a cancellation) is not.

        :return: dicts ``name`` and ``status``: ``done``, ``current`` or ``open``
        :rtype: list[dict]
        """
        self.ensure_one()
        case_sudo = self.sudo()  # see `_get_portal_stages`
        current = self._get_portal_stages()[self.id]
        out_of_the_way = {"cancelled", "waiting"}
        if case_sudo.state == "cancelled":
            out_of_the_way |= {"planned", "in_progress", "done"}
        elif case_sudo.state != "new" and not case_sudo.date_start:
            out_of_the_way.add("planned")
        shown = case_sudo.type_id.stage_ids.sorted().filtered(
            lambda stage: (
                stage == current or (stage.is_in_portal and stage.state not in out_of_the_way)
            )
        )
        position = shown.ids.index(current.id) if current else -1
        return [
            {
                "name": stage._get_portal_name(),
                "status": "current"
                if stage == current
                else ("done" if number < position else "open"),
            }
            for number, stage in enumerate(shown)
        ]
