from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.survey.controllers.main import Survey


class PortalQuestionnaires(Survey):
    """Odoo's pages of surveys, where the answers belong to a case.

    They are opened by whoever was asked and may see the case, and by nobody else who comes by the
    link, whatever the survey's own settings say; staff see what was answered.
    """

    def _check_validity(
        self, survey_sudo, answer_sudo, answer_token, ensure_token=True, check_partner=True
    ):
        code = super()._check_validity(
            survey_sudo,
            answer_sudo,
            answer_token,
            ensure_token=ensure_token,
            check_partner=check_partner,
        )
        if not answer_sudo.portal_activity_id:
            return code
        if request.env.user._is_public():
            return "survey_auth"
        if not answer_sudo._is_open_to(request.env.user):
            return "answer_wrong_user"
        return code

    def _redirect_with_error(self, access_data, error_key):
        if access_data["answer_sudo"].portal_activity_id:
            if error_key == "answer_wrong_user":
                raise NotFound()
            if error_key == "survey_auth":
                # Odoo would offer the one whose questionnaire it is to sign up.
                target = request.httprequest.full_path.rstrip("?")
                return request.redirect_query("/web/login", {"redirect": target})
        return super()._redirect_with_error(access_data, error_key)

    @route()
    def survey_retry(self, survey_token, answer_token, **post):
        """Refuse a second try: a questionnaire about a case is answered once."""
        _survey_sudo, answer_sudo = self._fetch_from_access_token(survey_token, answer_token)
        if answer_sudo.portal_activity_id:
            raise NotFound()
        return super().survey_retry(survey_token, answer_token, **post)

    @route()
    def survey_print(self, survey_token, review=False, answer_token=None, **post):
        """Show what was answered, which Odoo hides where it scores without telling."""
        response = super().survey_print(
            survey_token, review=review, answer_token=answer_token, **post
        )
        if response.is_qweb and answer_token:
            _survey_sudo, answer_sudo = self._fetch_from_access_token(survey_token, answer_token)
            if answer_sudo.portal_activity_id:
                # Opinions are neither right nor wrong.
                response.qcontext.update(
                    answer=answer_sudo,
                    review=False,
                    scoring_display_correction=False,
                    graph_data=False,
                )
        return response
