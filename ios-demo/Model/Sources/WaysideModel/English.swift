extension Words {
    static let english = Words(
        tag: "en",
        common: Common(language: "Language", next: "Next", back: "Back", stop: "Stop", yes: "Yes", no: "No", done: "Done"),
        start: Start(
            secret: "Secret words",
            secretHint: "Six words or more, with spaces.",
            open: "Open",
            record: "Enrolment record",
            recordHint: "The text that your office gave you for this phone.",
            enrol: "Enrol this phone"
        ),
        forms: Forms(
            title: "Forms",
            start: "Start",
            adultsOnly: "Only for persons shown to be adults",
            unfinished: "Not finished",
            resume: "Go on",
            queue: "Records on their way",
            lock: "Lock"
        ),
        gates: Gates(
            setting: "Are you out of sight and hearing of others, and is there time enough?",
            notAlone: "Find another place or another time. Never ask in front of the people who came along.",
            interpreter: "Is there no interpreter, or one who is safe and whom the person accepts?",
            notSafe: "Not somebody from the group or the family. Look for another interpreter, also by telephone.",
            notNow: "No, not now",
            remote: "By telephone, or with recorded questions",
            remoteMeans: "That way only the first questions can be put."
        ),
        ready: Ready(
            title: "This phone is not ready for a talk yet",
            services: "The list of services for this place has not come.",
            servicesExpired: "The list of services is out of date.",
            noService: "The list names no service that can be used today.",
            forms: "The forms are not signed by your office.",
            training: "Your office has not confirmed this phone and your training.",
            supervisor: "No supervisor is named, and no steps for working alone.",
            until: "Until then, put no questions. This can be read to anybody, or shown:",
            leaflet: "You can ask for help here. It costs nothing, and you need not tell us your story for it. " +
                "Nobody may take your papers from you or make you work to pay a debt. If you are in danger now, " +
                "say so, or give a sign: we help first and ask nothing."
        ),
        urgent: Urgent(
            seen: "Not said, but seen"
        ),
        danger: Danger(
            open: "Danger",
            title: "In danger: what to do here",
            first: "Help comes first. Ask nothing more.",
            none: "Your office has not sent the steps for this place. Get the person and yourself to safety, " +
                "then call your supervisor.",
            medical: "Medical help",
            hivNow: "Against HIV: go at once.",
            contraceptionNow: "Emergency contraception: go at once.",
            hours: "About how many hours ago?",
            take: "Reckon the times",
            anew: "The person is safe now: ask anew",
            end: "End the talk because of danger",
            hiv: { hours in "Against HIV: \(hours) hours left." },
            contraception: { hours in "Emergency contraception: \(hours) hours left." }
        ),
        age: Age(
            ask: "How old is the person?",
            year: "Year of birth",
            between: "About this old",
            unknown: "Not known",
            yearLabel: "Year",
            calendar: "Which calendar was the year said in?",
            gregorian: "Gregorian",
            ethiopian: "Ethiopian",
            solarHijri: "Solar Hijri (Iran, Afghanistan)",
            lunarHijri: "Lunar Hijri",
            youngest: "Youngest, in years",
            oldest: "Oldest, in years",
            unknownMeans: "Who is not shown to be an adult is treated as a child."
        ),
        consent: Consent(
            readAloud: "Read this aloud and wait for the answer.",
            talk: "May I ask you some questions? You need not answer, and you can stop at any time. It changes nothing about " +
                "the help you get.",
            record: "May we keep what you say, without your name, on this phone and at our office? If not, nothing is kept.",
            statistics: "May we count your answers together with those of others, so that nobody can tell they are yours?",
            explain: "Explain each of these, and ask whether it was understood.",
            explained: "All of it was explained and understood",
            withoutRecord: "Nothing of this talk is kept. At the end there is advice."
        ),
        between: Between(
            quick: "Was there anything in the first questions, or in what you saw?",
            offer: "Would you like to talk about this in more detail? You can say no, and it changes nothing " +
                "about the help you get.",
            later: "Without a safe interpreter here, only the first questions can be put. Arrange for one, and " +
                "offer it another time.",
            gender: "Were a worker and an interpreter of the gender the person chooses offered, and does the " +
                "person agree?",
            first: "Arrange for that first, or use another form.",
            goOn: "We have talked for a long time. Do you want to go on?",
            long: "You have talked for half an hour. Offer a break, or an end.",
            next: "Which form comes next?",
            another: "Another form with this person"
        ),
        questions: Questions(
            declines: "Does not want to say",
            doesNotKnow: "Does not know",
            declined: "Noted: does not want to say",
            unknown: "Noted: does not know",
            undo: "Change",
            screen: { position, of in "\(position) of \(of)" },
            any: "More than one is possible.",
            number: "A number",
            day: "Year-month-day, for example 2026-03-31",
            written: "The answer, as the form wants it written",
            notHere: "This phone cannot take this answer. Note that it was declined or is not known, or go on.",
            seen: "Done",
            forAdults: "This form is for persons shown to be adults. Stop here and use the form for everybody.",
            add: { label in "Add: \(label)" },
            removeLast: { label in "Take out the last: \(label)" }
        ),
        ending: Ending(
            asked: "That was the last question.",
            stopped: "The questions have ended.",
            open: "Some questions need an answer; “does not want to say” is one. Go back, or keep nothing.",
            keep: "Keep what was said",
            keepMeans: "It is sealed for your office. After that nobody can read it on this phone, and you cannot change it.",
            discard: "Keep nothing",
            discardMeans: "Everything that was said is removed from this phone. Nothing of it is sent.",
            nothingKept: "It is over. Nothing was kept.",
            sealed: "It is sealed and waits on this phone until it is sent.",
            code: "Code to speak of it without a name",
            offer: "What can be offered now",
            consentFirst: "Ask the person first whether they agree to this.",
            why: "Why these steps",
            notIdentification: "These are next steps, not a finding about the person.",
            carries: "Nothing of this form is kept by itself. What was found goes along to the next form.",
            end: "End; nothing is kept",
            basis: "Keep it without agreement, because",
            vital: "life or health is at stake",
            child: "it is in the best interests of the child",
            observed: "what was seen shows that help is needed"
        ),
        services: Services(
            title: "Services to name",
            none: "None fits. Ask your supervisor.",
            free: "Free",
            reports: "Tell the person first: it has to inform the authorities.",
            reportsChildren: "Tell the person first: it has to inform the authorities about children.",
            reportsUnknown: "Tell the person first: it may have to inform the authorities.",
            onFoot: { minutes in "\(minutes) minutes on foot" }
        ),
        queue: Queue(
            title: "Records on their way",
            waiting: "Only on this phone",
            handedOver: "Handed over, not yet opened by your office",
            hqHasIt: "Your office has it",
            setAside: "Set aside: show this to your supervisor",
            empty: "Nothing is on its way.",
            sync: "Send now",
            stopSync: "Stop sending",
            progress: { done, total in "Sending: \(done) of \(total)" },
            allSent: "Everything is handed over. What your office has opened is shown above.",
            notAll: "Not everything was sent. It stays on this phone and can be sent later.",
            compare: "Your office has not confirmed this phone yet. Read them these words by telephone or in person:",
            revoked: "Your office has withdrawn this phone. Speak to your supervisor."
        ),
        problems: [
            "vault.wrong_secret": "These are not the right words. After each wrong try the wait grows.",
            "vault.wait": "Too many wrong tries. Wait before the next.",
            "vault.weak_secret": "Use six words or more.",
            "vault.missing": "This phone is not enrolled.",
            "vault": "The records on this phone could not be opened. Nothing was deleted. Tell your office.",
            "enrol": "This enrolment record cannot be used. Ask your office for a new one.",
            "directory": "This enrolment record cannot be used. Ask your office for a new one.",
            "keystore": "The phone's key store did not answer. This is not a wrong secret. Try again.",
            "storage.full": "The phone is full. Free some space; what was saved is still there.",
            "storage": "The phone could not save. Try again.",
            "age.implausible": "This age cannot be right. Look at the year and the calendar.",
            "answer": "This answer does not fit the question.",
            "form": "This form cannot be used.",
            "session.not_ready": "This phone or this form is not ready. Send and fetch, or ask your office.",
            "session.training": "This form needs a training that your office has not confirmed for you.",
            "session": "This step is not possible now.",
            "sync.impostor": "Something else answered, perhaps the network's own page. Sign in to the network, or use another.",
            "sync.credential": "Your office does not accept this phone. Everything is kept. Ask your office.",
            "sync": "There is no way to the office now. Everything stays on this phone.",
            "cancelled": "Sending was stopped. What is not sent stays on this phone.",
            "": "Something went wrong. Nothing was deleted. Tell your office the code.",
        ]
    )
}
