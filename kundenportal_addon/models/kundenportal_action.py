from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..tools.typed_text import clean

#: How long a text of a customer may be, in characters.
TEXT_LENGTH = 10000


class Outcome(NamedTuple):
    """What came of a customer's submission.

    :param record: what it made or changed; a form that is sent twice gives this the second time
    :param dict errors: a sentence per field of the page; then nothing has been done
    :param bool is_done: whether the action counts as done; False for what was saved half-way
    :param str url: where to go on; None: where the action was offered
    """

    record: object = None
    errors: dict = {}
    is_done: bool = True
    url: str | None = None


class KundenportalAction(models.AbstractModel):
    """What customers can do with a case: the contract that each kind of action keeps.

    Staff set actions up as records of ``kundenportal.activity.action``; the ``code`` of one names
    the model that does it, ``kundenportal.action.<code>``. What holds for all kinds is asked before
    (who, in which states, under which condition, until when, once or again) and done afterwards
    (stage, note, inbox, mail) by that dispatcher, so that a kind only knows its own business.

    A further kind is a ``selection_add`` and one model::

        class KundenportalActivityAction(models.Model):
            _inherit = "kundenportal.activity.action"

            code = fields.Selection(
                selection_add=[("praise", "Praise")], ondelete={"praise": "cascade"}
            )

        class KundenportalActionPraise(models.AbstractModel):
            _name = "kundenportal.action.praise"
            _inherit = "kundenportal.action"
            _description = "Customer Action: Praise"

            @api.model
            def _submit(self, action, case, data, files):
                case._post_by_customer("Well done!")
                return Outcome(case)

    In all hooks ``action`` and ``case`` are superuser's records, to which the acting user has been
    let in; ``self.env.user`` is that user. Where an action is a company's own instead of a type's,
    ``case`` is empty.
    """

    _name = "kundenportal.action"
    _description = "Customer Action"

    #: XML id of the template that shows what stands inside of the form, with its button; it is
    #: given ``action``, ``case``, ``typed`` (texts by name), ``errors`` (sentences by name), the
    #: limits of uploads, and what `_prepare` returns.
    _template = "kundenportal_addon.portal_action_plain"
    #: Whether it can stand on the portal's home, without a case.
    _is_for_company = False
    #: Whether a new action of the kind waits for the customer, so that it is something to do.
    _is_to_do = False
    #: Whether it can be done again, unless somebody chooses otherwise.
    _is_repeatable = False
    #: States of a case in which it is offered, unless somebody chooses otherwise.
    _states = ("new", "planned", "in_progress", "waiting")

    @api.model
    def _get_refusal(self, action, case):
        """Say why the action is not available now; asked when it is shown and when it is sent.

        :return: a sentence for the customer; empty if nothing speaks against it
        :rtype: str
        """
        return ""

    @api.model
    def _get_url(self, action, case):
        """Return the address of the action's page.

        :rtype: str
        """
        return f"/my/activities/{case.id}/action/{action.id}" if case else f"/my/action/{action.id}"

    @api.model
    def _get_label(self, action, case):
        """Return what stands on the button that leads to the action.

        :rtype: str
        """
        return action.name

    @api.model
    def _get_due(self, action, case):
        """Return the day by which it should be done, for the list of what is to do.

        :rtype: datetime.date | None
        """
        return None

    @api.model
    def _get_to_do_domain(self, action):
        """Return for which cases the action waits for the customer, as far as the database knows.

        Searched with the customer's rights; `_get_refusal` is asked about what is found.

        :rtype: Domain
        """
        return Domain.TRUE

    @api.model
    def _prepare(self, action, case):
        """Return what the template needs beyond action and case.

        Of meaning to the dispatcher are ``typed`` (texts by name, with which the form begins), and
        ``fields`` (of a form, ``kundenportal.form.field``) with the ``response`` that is continued;
        it adds ``form_fields`` for the template ``portal_form_fields``.

        :rtype: dict
        """
        return {}

    @api.model
    def _get_outcome(self, record):
        """Return what a form that is sent again gives: what came of it the first time.

        :param record: which the first one made, as superuser
        :rtype: Outcome
        """
        return Outcome(record)

    @api.model
    def _submit(self, action, case, data, files):
        """Do what the customer asks for.

        :param dict data: what the browser sent; texts by name, but it may be anything
        :param files: uploads by name (``werkzeug.datastructures.MultiDict``)
        :rtype: Outcome
        :raise UserError: if it is refused as a whole, with the sentence for the customer
        """
        raise NotImplementedError

    # === TOOLING === #

    @api.model
    def _read_text(self, data, *, is_required=True):
        """Read the field ``text``, which most kinds have.

        :param dict data: what the browser sent
        :param bool is_required: whether it has to be filled in
        :return: the text, and a sentence by name if something is wrong
        :rtype: tuple[str, dict]
        """
        text = clean(data.get("text"))
        if not text and is_required:
            return "", {"text": self.env._("Please fill in this field.")}
        if len(text) > TEXT_LENGTH:
            sentence = self.env._("Please enter at most %s characters.", TEXT_LENGTH)
            return text, {"text": sentence}
        return text, {}

    @api.model
    def _go_on(self, case):
        """Take a case up again that has waited for what the customer does now."""
        if case.state == "waiting":
            case._change_state("in_progress", by_customer=True)
