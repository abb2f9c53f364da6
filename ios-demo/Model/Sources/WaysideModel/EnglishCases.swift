extension Words {
    static let englishNotices = Notices(
        oldDrafts: { count in
            "Begun more than seven days ago and not finished: \(count). Finish it, or keep nothing."
        },
        oldUnsent: { count in
            "Not at your office after thirty days: \(count). Send, or ask your supervisor."
        },
        readingLocked: "Fourteen days without the office: records are not shown until you have sent and " +
            "fetched. You can still hold talks.",
        oldCopy: "This is an older copy of what was on this phone. What was written after it is not " +
            "here. Tell your office.",
        useCopy: "Go on with this copy",
        practice: "Practice: nothing here is about a real person, and nothing is sent.",
        more: "More"
    )

    static let englishWork = Work(
        title: "Cases",
        waiting: { count in "\(count) waiting now" },
        empty: "No case is open.",
        by: { day in "by \(day)" },
        isDue: "It is time.",
        checkReferral: "See how the referral stands",
        contact: "Contact the person, only by the rule your office holds",
        talkAgain: "Offer to talk again",
        nothing: "Nothing planned",
        task: { code in "Task from your office: \(code)" },
        next: "What comes next",
        days: "In how many days?",
        note: "Note it",
        noted: "Noted on this phone.",
        correct: "Correct something",
        correctText: "What should stand there",
        withoutNames: "Without names. The record itself cannot be read here.",
        withdraw: "The person takes an agreement back",
        which: "Which one?",
        erase: "Have the record erased",
        eraseMeans: "It is erased at your office, for good. It cannot be taken back.",
        because: "Why?",
        personAsked: "The person asked for it",
        notCovered: "It should not have been recorded",
        expired: "Its time is over",
        again: "The same person talked again",
        againCode: "Which is the new talk?",
        close: "Take off the list",
        closeMeans: "What your office holds stays.",
        seal: "Seal for the office",
        sealed: "Sealed. It goes with the next sending.",
        referral: { to, state in "\(to): \(state)" }
    )

    static let englishStates = States(
        sent: "sent",
        received: "received",
        accepted: "accepted",
        declined: "declined",
        started: "begun",
        done: "done",
        failed: "failed",
        revoked: "taken back"
    )

    static let englishLines = Lines(
        talk: "To talk",
        record: "To keep a record",
        name: "To keep name and contact",
        refer: { to in "To be referred to \(to)" },
        contact: "To be contacted again",
        statistics: "To be counted",
        research: "Research without names",
        authorities: "To inform authorities",
        family: "To search for family"
    )

    static let englishRefer = Refer(
        refer: "Refer",
        to: { name in "Refer to \(name)" },
        what: "What goes with it? Only what they need.",
        needs: "What is needed",
        age: "Age",
        language: "Language",
        contact: "How to reach the person",
        name: "Name",
        summary: "A short summary",
        wants: "What the person wants, without names",
        urgency: "How soon?",
        now: "Now",
        day: "Within a day",
        threeDays: "Within three days",
        routine: "As usual",
        handover: "How is it handed over?",
        accompanied: "You go along",
        phone: "By telephone",
        paper: "On paper, sealed",
        file: "In an encrypted file",
        codeOnly: "Only by the code",
        told: "I have told the person that they may inform authorities",
        keepName: "The person agrees that we keep name and contact",
        ask: { name, fields in
            "May we tell \(name) this about you: \(fields)? Nobody else gets it. You can say no, and you can " +
                "take it back later."
        },
        mustNotKnow: "They must not know of the person",
        sealed: "The referral is sealed and goes with the next sending. The case shows how it stands."
    )

    static let englishHelp = Help(
        title: "Talk to somebody",
        after: "Such talks can weigh on you. You can ask to be called.",
        means: "Your supervisor sees your code name and your place, and no word of any talk.",
        ask: "Ask to be called",
        hard: "Only say that a talk was hard",
        asked: "Sealed. It goes with the next sending, before other things."
    )

    static let englishContact = Contact(
        title: "Contact the person",
        how: "In which way?",
        inPerson: "In person, here",
        call: "By telephone",
        message: "By message",
        trusted: "Through somebody the person trusts",
        look: "See whether it may be now",
        now: "It may be done now, in this way only.",
        codeWord: { word in "Say this first; the person knows you by it: \(word)" },
        noWord: "No word was agreed by which the person knows you.",
        sameWorker: "Who led the talk gets in touch.",
        colleague: "Anybody of the team may get in touch.",
        chosenGender: "Somebody of the gender the person chose gets in touch.",
        trustedMay: "Somebody the person named may answer too.",
        onlyPerson: "Speak to the person alone.",
        hangUp: "If somebody else answers: end it, and say nothing.",
        wrongNumber: "If somebody else answers: say that it is a wrong number.",
        cover: "If somebody else answers: keep to the story agreed with the person."
    )
}
