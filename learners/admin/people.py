from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources, widgets
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from ..history_admin import HistoryAdmin
from ..models import Cohort, ContactPreference, Learner, Note, Program
from ..rules import READERS
from ..search import matching
from ..services import InvalidLearner, add_note, create_learner, set_preference, update_learner
from ..spreadsheet_cells import escaped

EXPORTED_ROWS_LIMIT = 20_000  # the export is built in memory
BY_NAME = frozenset({"program", "cohort"})


class LearnerForm(forms.ModelForm):
    class Meta:
        model = Learner
        fields = [
            "uid",
            "name",
            "email",
            "phone",
            "program",
            "cohort",
            "owner",
            "status",
            "language",
            "timezone",
            "last_login",
            "completed_percent",
            "avg_quiz_score",
            "consecutive_missed_sessions",
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for field, value in list(values.items()):
            if field in READERS and field not in BY_NAME and (error := READERS[field](value).error):
                self.add_error(field, error)
        program, cohort = values.get("program"), values.get("cohort")
        if cohort and cohort.program != program:
            self.add_error("cohort", _("This cohort belongs to another program."))
        return values

    def values(self, names: list[str]) -> dict[str, Any]:
        """For the services, which take programs and cohorts by name."""
        values = {name: self.cleaned_data[name] for name in names}
        return values | {name: str(value.name) for name, value in values.items() if name in BY_NAME and value}


class PreferenceForm(forms.ModelForm):
    is_verified = forms.BooleanField(label=gettext_lazy("address is theirs"), required=False)

    class Meta:
        model = ContactPreference
        fields = ["channel", "allowed", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_verified"].initial = bool(self.instance.verified_at and not self.instance.bounced_at)
        self.fields["channel"].disabled = self.instance.pk is not None


class PreferenceInline(admin.TabularInline):
    """Consents are recorded, never deleted: a no is a row that says no."""

    model = ContactPreference
    form = PreferenceForm
    readonly_fields = ["decided_at", "verified_at", "bounced_at"]
    extra = 0
    can_delete = False


class LearnerResource(resources.ModelResource):
    """The columns that the importer reads, by the names that it knows."""

    id = fields.Field(attribute="uid", column_name="id")
    program = fields.Field(attribute="program", widget=widgets.ForeignKeyWidget(Program, "name"))
    cohort = fields.Field(attribute="cohort", widget=widgets.ForeignKeyWidget(Cohort, "name"))

    class Meta:
        model = Learner
        fields = ["id", *(field for field in READERS if field != "uid")]
        export_order = fields

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return escaped(value) if isinstance(value, str) else value


@admin.register(Learner)
class LearnerAdmin(ExportMixin, HistoryAdmin):
    form = LearnerForm
    resource_classes = [LearnerResource]
    import_export_change_list_template = "admin/learners/learner_list.html"
    export_form_class = ExportForm  # the one with a box for each field has a script in line, which our policy stops
    list_display = ["name", "uid", "email", "program", "cohort", "status", "owner", "last_login"]
    list_select_related = ["program", "cohort__program", "owner"]
    list_filter = ["program", "status", "language", ("owner", admin.RelatedOnlyFieldListFilter)]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name", "email", "uid"]
    autocomplete_fields = ["program", "cohort"]
    readonly_fields = ["last_contacted_at", "last_contact_channel", "created_at", "updated_at"]
    inlines = [PreferenceInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Learner], search_term: str
    ) -> tuple[QuerySet[Learner], bool]:
        """By the search index, as on the board."""
        return (queryset.filter(matching(search_term)) if search_term.strip() else queryset), False

    def view_on_site(self, obj: Learner) -> str:
        return reverse("learner", args=[obj.uid])

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except InvalidLearner as refusal:  # what the form could not see: somebody else was faster
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())

    def save_model(self, request: Any, obj: Learner, form: Any, change: bool) -> None:
        if change:
            values = form.values(form.changed_data)
            stored = update_learner(learner=obj, values=values, by=request.user, trigger="admin")
        else:
            stored = create_learner(values=form.values(list(form.cleaned_data)), by=request.user, trigger="admin")
        vars(obj).update(vars(stored))

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # tells the admin's log what changed
        for preference in formset.forms:
            if preference.has_changed():
                set_preference(
                    learner=form.instance,
                    channel=preference.cleaned_data["channel"],
                    allowed=preference.cleaned_data["allowed"],
                    source=preference.cleaned_data["source"],
                    by=request.user,
                    verified=preference.cleaned_data["is_verified"]
                    if "is_verified" in preference.changed_data
                    else None,
                )

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("learners.export_learner")

    def export_action(self, request: HttpRequest) -> HttpResponse:
        queryset = self.get_export_queryset(request)
        if (
            self.has_export_permission(request)
            and queryset.order_by()[: EXPORTED_ROWS_LIMIT + 1].count() > EXPORTED_ROWS_LIMIT
        ):
            messages.error(
                request,
                _("More than %(limit)s learners can’t be exported here. Filter them, or export from the risk board.")
                % {"limit": f"{EXPORTED_ROWS_LIMIT:,}"},
            )
            return redirect("admin:learners_learner_changelist")
        return super().export_action(request)


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    list_display = ["__str__", "learner", "author", "created_at"]
    list_select_related = ["learner", "author"]
    search_fields = ["text", "learner__name", "learner__uid"]
    autocomplete_fields = ["learner"]
    readonly_fields = ["author", "created_at"]

    def save_model(self, request: Any, obj: Note, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=form.changed_data)
        else:
            vars(obj).update(vars(add_note(learner=obj.learner, author=request.user, text=obj.text)))
