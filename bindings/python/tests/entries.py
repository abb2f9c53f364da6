"""One entry of an answer file as a call of the session: the same kinds that `wayside device fill` knows."""

import pathlib

import wayside


def member(enum, name):
    """`solar_hijri` names `SOLAR_HIJRI`."""
    return enum[name.upper()]


def age_statement(age):
    if age is None or age == "unknown":
        return wayside.AgeStatement.UNKNOWN()
    ((kind, said),) = age.items()
    basis = member(wayside.AgeBasis, said["basis"])
    if kind == "born":
        calendar = member(wayside.CalendarSystem, said["calendar"])
        return wayside.AgeStatement.BORN(calendar, said["year"], said.get("month"), said.get("day"), basis)
    assert kind == "between", kind
    return wayside.AgeStatement.BETWEEN(said["low"], said["high"], basis)


def consent(entry):
    giver = "person" if entry["by"] == "self" else entry["by"]
    return wayside.ConsentInput(
        line=member(wayside.ConsentLine, entry["consent"]),
        value=member(wayside.ConsentValue, entry["value"]),
        by=member(wayside.ConsentGiver, giver),
        how=member(wayside.ConsentHow, entry["how"]),
        recipient=entry.get("recipient"),
        data_set=entry.get("data_set"),
    )


def apply(session, entry, folder):
    """Does one entry; files are relative to `folder`."""
    match entry:
        case {"gate": "age", "pass": True}:
            session.set_age(age_statement(entry.get("age")))
        case {"gate": "interpreter", "pass": True, "interpreter": code}:
            session.accept_interpreter(code)
        case {"remote": True, "interpreter": code}:
            session.accept_interpreter(code, remote=True)
        case {"gate": gate, "pass": passed}:
            session.pass_gate(member(wayside.Gate, gate), passed)
        case {"urgent": answers}:
            findings = [member(wayside.FindingState, answer) for answer in answers]
            session.urgent(findings, entry.get("hours_ago"))
        case {"help_found": True}:
            session.help_found()
        case {"remote": True}:
            session.interpret_remotely()
        case {"explained": explained}:
            session.explained(explained)
        case {"consent": _}:
            session.consent(consent(entry))
        case {"rely_on": basis, "reason": reason}:
            session.rely_on(member(wayside.LegalBasis, basis), reason)
        case {"observe": True}:
            session.observe_only()
        case {"withhold": who, "reason": reason}:
            session.withhold(who, member(wayside.WithheldReason, reason))
        case {"gender": agreed}:
            session.offer_gender_choice(agreed)
        case {"quick": anything}:
            session.quick_answered(anything)
        case {"offer": accepted}:
            session.answer_offer(accepted)
        case {"form": form}:
            session.open_form(form)
        case {"refer": recipient}:
            fields = [wayside.ReferralField(name=name, value=value) for name, value in sorted(entry["fields"].items())]
            session.refer(
                wayside.ReferralInput(
                    recipient=recipient,
                    urgency=member(wayside.Urgency, entry["urgency"]),
                    handover=wayside.Handover.ENCRYPTED_FILE,
                    wants=entry["wants"],
                    fields=fields,
                    warned=entry["warned"],
                )
            )
        case {"add_outcomes": added, "set_aside": set_aside, "because": reason}:
            session.judge(added, set_aside, member(wayside.OverrideReason, reason))
        case {"ref": reference, "value": value}:
            session.answer(reference, value)
        case {"ref": reference, "state": state}:
            session.mark(reference, member(wayside.AnswerState, state))
        case {"add": reference}:
            session.add_repeat(reference)
        case {"remove": reference}:
            session.remove_repeat(reference)
        case {"attach": reference, "file": file, "pieces": size}:
            in_pieces(session, reference, pathlib.Path(folder) / file, size)
        case {"attach": reference, "file": file}:
            path = pathlib.Path(folder) / file
            session.attach(reference, path.suffix.lstrip("."), path.read_bytes())
        case {"language": language}:
            session.set_language(language)
        case {"withdraw": line}:
            session.withdraw(member(wayside.ConsentLine, line))
        case {"finish": True}:
            session.finish()
        case {"stop": True}:
            session.stop(wayside.StopReason.STOPPED)
        case _:
            raise AssertionError(f"no such entry: {sorted(entry)}")


def in_pieces(session, reference, path, size):
    """As a recorder hands over what it hears: piece after piece, and what cannot be the answer is taken back."""
    whole = path.read_bytes()
    name = session.begin_file(reference, path.suffix.lstrip("."))
    for at in range(0, len(whole), size):
        assert session.append_file(name, whole[at : at + size]) == min(at + size, len(whole))
    try:
        session.end_file(name)
    except Exception:
        session.cancel_file(name)
        raise
    assert session.read_file(name, 1, len(whole)) == whole[1:]
