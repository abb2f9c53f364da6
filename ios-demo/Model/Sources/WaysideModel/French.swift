extension Words {
    static let french = Words(
        tag: "fr",
        common: Common(language: "Langue", next: "Suivant", back: "Retour", stop: "Arrêter", yes: "Oui", no: "Non", done: "Terminé"),
        start: Start(
            secret: "Mots secrets",
            secretHint: "Six mots ou plus, séparés par des espaces.",
            open: "Ouvrir",
            record: "Fiche d'inscription",
            recordHint: "Le texte que votre bureau vous a donné pour ce téléphone.",
            enrol: "Inscrire ce téléphone"
        ),
        forms: Forms(
            title: "Formulaires",
            start: "Commencer",
            adultsOnly: "Seulement pour les personnes dont on sait qu'elles sont adultes",
            unfinished: "Non terminés",
            resume: "Continuer",
            queue: "Fiches en route",
            lock: "Verrouiller"
        ),
        gates: Gates(
            services: "Y a-t-il un service vers lequel orienter cette personne aujourd'hui ?",
            noService: "Sans service, ne posez pas ces questions. Donnez seulement des informations générales.",
            setting: "Êtes-vous à l'abri des regards et des oreilles, avec assez de temps ?",
            notAlone: "Cherchez un autre lieu ou un autre moment. Ne demandez jamais devant les accompagnateurs.",
            interpreter: "Pas d'interprète, ou un interprète sûr que la personne accepte ?",
            notSafe: "Personne du groupe ni de la famille. Cherchez un autre interprète, aussi par téléphone.",
            danger: "La personne est-elle hors de danger immédiat, y compris de maladie ou d'elle-même ?",
            inDanger: "Ne demandez plus rien. Suivez d'abord vos consignes d'urgence locales.",
            notNow: "Non, pas maintenant"
        ),
        age: Age(
            ask: "Quel âge a la personne ?",
            year: "Année de naissance",
            between: "À peu près cet âge",
            unknown: "Inconnu",
            yearLabel: "Année",
            calendar: "Dans quel calendrier l'année a-t-elle été dite ?",
            gregorian: "Grégorien",
            ethiopian: "Éthiopien",
            solarHijri: "Hégire solaire (Iran, Afghanistan)",
            lunarHijri: "Hégire lunaire",
            youngest: "Au moins, en années",
            oldest: "Au plus, en années",
            unknownMeans: "Une personne dont on ne sait pas qu'elle est adulte est traitée comme un enfant."
        ),
        consent: Consent(
            readAloud: "Lisez ceci à voix haute et attendez la réponse.",
            talk: "Puis-je vous poser quelques questions ? Vous n'êtes pas obligé de répondre et vous pouvez arrêter à tout " +
                "moment. Cela ne change rien à l'aide que vous recevez.",
            record: "Pouvons-nous garder ce que vous dites, sans votre nom, sur ce téléphone et à notre bureau ? Sinon, rien " +
                "n'est gardé.",
            statistics: "Pouvons-nous compter vos réponses avec celles d'autres, sans que personne puisse savoir que ce sont " +
                "les vôtres ?"
        ),
        questions: Questions(
            declines: "Ne veut pas répondre",
            doesNotKnow: "Ne sait pas",
            declined: "Noté : ne veut pas répondre",
            unknown: "Noté : ne sait pas",
            undo: "Changer",
            screen: { position, of in "\(position) sur \(of)" },
            any: "Plusieurs réponses sont possibles.",
            number: "Un nombre",
            day: "Année-mois-jour, par exemple 2026-03-31",
            written: "La réponse, écrite comme le formulaire la demande",
            notHere: "Ce téléphone ne peut pas prendre cette réponse. Notez un refus ou un « ne sait pas », ou continuez.",
            seen: "Fait",
            forAdults: "Ce formulaire est pour les personnes dont on sait qu'elles sont adultes. Arrêtez ici et prenez le " +
                "formulaire pour tous.",
            add: { label in "Ajouter : \(label)" },
            removeLast: { label in "Retirer le dernier : \(label)" }
        ),
        ending: Ending(
            asked: "C'était la dernière question.",
            stopped: "Les questions sont terminées.",
            open: "Certaines questions attendent une réponse ; « ne veut pas répondre » en est une. Revenez, ou ne gardez rien.",
            keep: "Garder ce qui a été dit",
            keepMeans: "C'est scellé pour votre bureau. Ensuite personne ne peut le lire ni le changer sur ce téléphone.",
            discard: "Ne rien garder",
            discardMeans: "Tout ce qui a été dit est effacé de ce téléphone. Rien n'est envoyé.",
            nothingKept: "C'est fini. Rien n'a été gardé.",
            sealed: "C'est scellé et attend sur ce téléphone jusqu'à l'envoi.",
            code: "Code pour en parler sans nom",
            offer: "Ce qui peut être proposé maintenant",
            consentFirst: "Demandez d'abord à la personne si elle est d'accord.",
            why: "Pourquoi ces étapes",
            notIdentification: "Ce sont des prochaines étapes, pas une conclusion sur la personne."
        ),
        queue: Queue(
            title: "Fiches en route",
            waiting: "Seulement sur ce téléphone",
            handedOver: "Remis, pas encore ouvert par votre bureau",
            hqHasIt: "Votre bureau l'a",
            setAside: "Mis de côté : montrez-le à votre responsable",
            empty: "Rien n'est en route.",
            sync: "Envoyer maintenant",
            stopSync: "Arrêter l'envoi",
            progress: { done, total in "Envoi : \(done) sur \(total)" },
            allSent: "Tout est remis. Ce que votre bureau a ouvert est indiqué ci-dessus.",
            notAll: "Tout n'a pas été envoyé. Le reste est sur ce téléphone et peut partir plus tard.",
            compare: "Votre bureau n'a pas encore confirmé ce téléphone. Lisez-lui ces mots, par téléphone ou sur place :",
            revoked: "Votre bureau a retiré ce téléphone. Parlez à votre responsable."
        ),
        problems: [
            "vault.wrong_secret": "Ce ne sont pas les bons mots. Après chaque erreur, l'attente grandit.",
            "vault.wait": "Trop d'erreurs. Attendez avant le prochain essai.",
            "vault.weak_secret": "Prenez six mots ou plus.",
            "vault.missing": "Ce téléphone n'est pas inscrit.",
            "vault": "Les fiches de ce téléphone n'ont pas pu être ouvertes. Rien n'a été effacé. Prévenez votre bureau.",
            "enrol": "Cette fiche d'inscription n'est pas utilisable. Demandez-en une autre à votre bureau.",
            "directory": "Cette fiche d'inscription n'est pas utilisable. Demandez-en une autre à votre bureau.",
            "keystore": "Le magasin de clés du téléphone n'a pas répondu. Ce n'est pas un mauvais secret. Réessayez.",
            "storage.full": "Le téléphone est plein. Libérez de la place ; ce qui était gardé est toujours là.",
            "storage": "Le téléphone n'a pas pu enregistrer. Réessayez.",
            "age.implausible": "Cet âge ne peut pas être juste. Regardez l'année et le calendrier.",
            "answer": "Cette réponse ne convient pas à la question.",
            "form": "Ce formulaire ne peut pas être utilisé.",
            "session": "Cette étape n'est pas possible maintenant.",
            "sync.impostor": "Autre chose a répondu, peut-être la page du réseau. Connectez-vous au réseau, ou prenez-en un autre.",
            "sync.credential": "Votre bureau n'accepte pas ce téléphone. Tout est gardé. Demandez à votre bureau.",
            "sync": "Pas de liaison avec le bureau en ce moment. Tout reste sur ce téléphone.",
            "cancelled": "L'envoi a été arrêté. Ce qui n'est pas parti reste sur ce téléphone.",
            "": "Quelque chose n'a pas marché. Rien n'a été effacé. Donnez le code à votre bureau.",
        ]
    )
}
