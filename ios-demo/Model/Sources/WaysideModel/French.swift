extension Words {
    static let french = Words(
        tag: "fr",
        name: "Français",
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
            setting: "Êtes-vous à l'abri des regards et des oreilles, avec assez de temps ?",
            notAlone: "Cherchez un autre lieu ou un autre moment. Ne demandez jamais devant les accompagnateurs.",
            interpreter: "Pas d'interprète, ou un interprète sûr que la personne accepte ?",
            notSafe: "Personne du groupe ni de la famille. Cherchez un autre interprète, aussi par téléphone.",
            notNow: "Non, pas maintenant",
            remote: "Par téléphone, ou avec des questions enregistrées",
            remoteMeans: "Ainsi, seules les premières questions peuvent être posées.",
            code: "Code de l'interprète",
            codeHint: "Un code, jamais un nom. Vide sans interprète."
        ),
        ready: Ready(
            title: "Ce téléphone n'est pas encore prêt pour un entretien",
            services: "La liste des services de ce lieu n'est pas arrivée.",
            servicesExpired: "La liste des services n'est plus à jour.",
            noService: "La liste ne nomme aucun service utilisable aujourd'hui.",
            forms: "Les formulaires ne sont pas signés par votre bureau.",
            training: "Votre bureau n'a pas approuvé ce téléphone et votre formation.",
            supervisor: "Aucun responsable n'est nommé, ni de consignes pour travailler seul.",
            until: "D'ici là, ne posez aucune question. Ceci peut être lu ou montré à tout le monde :",
            leaflet: "Vous pouvez demander de l'aide ici. Elle est gratuite, et vous n'avez pas à raconter " +
                "votre histoire pour la recevoir. Personne n'a le droit de prendre vos papiers ni de vous faire " +
                "travailler pour payer une dette. Si vous êtes en danger maintenant, dites-le ou faites un signe " +
                ": nous aidons d'abord, sans rien demander."
        ),
        urgent: Urgent(
            seen: "Pas dit, mais vu"
        ),
        danger: Danger(
            open: "Danger",
            title: "En danger : que faire ici",
            first: "L'aide d'abord. Ne demandez plus rien.",
            none: "Votre bureau n'a pas envoyé les consignes de ce lieu. Mettez la personne et vous-même à " +
                "l'abri, puis appelez votre responsable.",
            medical: "Aide médicale",
            hivNow: "Contre le VIH : allez-y tout de suite.",
            contraceptionNow: "Contraception d'urgence : allez-y tout de suite.",
            hours: "Il y a environ combien d'heures ?",
            take: "Calculer les délais",
            anew: "La personne est à l'abri : redemander",
            end: "Finir l'entretien à cause du danger",
            hiv: { hours in "Contre le VIH : encore \(hours) heures." },
            contraception: { hours in "Contraception d'urgence : encore \(hours) heures." }
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
                "les vôtres ?",
            contact: "Pouvons-nous vous recontacter plus tard ? Seulement de la façon et aux heures que vous choisissez. Vous pouvez dire non, et revenir là-dessus plus tard.",
            explain: "Expliquez chacun de ces points et demandez s'il est compris.",
            explained: "Tout a été expliqué et compris",
            withoutRecord: "Rien de cet entretien n'est gardé. À la fin, il y a des conseils."
        ),
        between: Between(
            quick: "Y a-t-il eu quelque chose dans les premières questions, ou dans ce que vous avez vu ?",
            offer: "Voulez-vous en parler plus en détail ? Vous pouvez dire non, cela ne change rien à l'aide " +
                "que vous recevez.",
            later: "Sans interprète sûr sur place, seules les premières questions peuvent être posées. " +
                "Cherchez-en un et proposez-le une autre fois.",
            gender: "Un intervenant et un interprète du genre choisi par la personne ont-ils été proposés, et " +
                "la personne est-elle d'accord ?",
            first: "Organisez cela d'abord, ou prenez un autre formulaire.",
            goOn: "Nous parlons depuis longtemps. Voulez-vous continuer ?",
            long: "Vous parlez depuis une demi-heure. Proposez une pause, ou la fin.",
            next: "Quel formulaire vient ensuite ?",
            another: "Autre formulaire avec cette personne"
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
            notIdentification: "Ce sont des prochaines étapes, pas une conclusion sur la personne.",
            carries: "Rien de ce formulaire n'est gardé à lui seul. Ce qui a été constaté passe au formulaire " +
                "suivant.",
            end: "Finir ; rien n'est gardé",
            basis: "Le garder sans accord, parce que",
            vital: "la vie ou la santé est en jeu",
            child: "c'est dans l'intérêt supérieur de l'enfant",
            observed: "ce qui a été vu montre qu'il faut de l'aide"
        ),
        services: Services(
            title: "Services à nommer",
            none: "Aucun ne convient. Demandez à votre responsable.",
            free: "Gratuit",
            reports: "Dites-le d'abord à la personne : ce service doit informer les autorités.",
            reportsChildren: "Dites-le d'abord à la personne : ce service doit informer les autorités s'il " +
                "s'agit d'enfants.",
            reportsUnknown: "Dites-le d'abord à la personne : ce service doit peut-être informer les autorités.",
            onFoot: { minutes in "\(minutes) minutes à pied" }
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
            compare: "Votre bureau n'a pas encore approuvé ce téléphone. Lisez-lui ces mots, par téléphone ou sur place :",
            revoked: "Votre bureau a retiré ce téléphone. Parlez à votre responsable."
        ),
        byFile: frenchByFile,
        notices: frenchNotices,
        work: frenchWork,
        contact: frenchContact,
        states: frenchStates,
        lines: frenchLines,
        refer: frenchRefer,
        help: frenchHelp,
        phone: frenchPhone,
        media: frenchMedia,
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
            "seal.malformed": "Ce n'est pas un fichier pour cela, ou il est abîmé. Rien n'en a été pris.",
            "carry.foreign": "Ce fichier est d'une autre organisation. Rien n'en a été pris.",
            "carry.full": "Il n'y a pas de place ici pour autant. Le téléphone d'où cela vient le garde.",
            "age.implausible": "Cet âge ne peut pas être juste. Regardez l'année et le calendrier.",
            "contact.forbidden": "Ne pas contacter : la personne ne l'a pas accepté, ou pas de cette façon ou à cette heure.",
            "referral.consent": "La personne doit d'abord accepter, chaque partie.",
            "referral.withheld": "La personne ne veut pas qu'ils le sachent.",
            "referral.warning": "Dites d'abord à la personne que ce service peut informer les autorités.",
            "referral": "Cette orientation n'est pas possible.",
            "answer.attachment": "Ce fichier ne peut pas entrer dans la fiche. Il est peut-être trop grand.",
            "sound": "Ce son ne peut pas être joué ici. Lisez-le à voix haute.",
            "entry": "Il manque quelque chose, ou cela ne convient pas.",
            "vault.rolled_back": "Ceci est une copie plus ancienne. Prévenez votre bureau avant de continuer.",
            "vault.exists": "Il y en a déjà un ici.",
            "answer": "Cette réponse ne convient pas à la question.",
            "form": "Ce formulaire ne peut pas être utilisé.",
            "session.not_ready": "Ce téléphone ou ce formulaire n'est pas prêt. Lancez l'envoi, ou demandez à " +
                "votre bureau.",
            "session.training": "Ce formulaire demande une formation que votre bureau n'a pas approuvée pour vous.",
            "session": "Cette étape n'est pas possible maintenant.",
            "sync.impostor": "Autre chose a répondu, peut-être la page du réseau. Connectez-vous au réseau, ou prenez-en un autre.",
            "sync.credential": "Votre bureau n'accepte pas ce téléphone. Tout est gardé. Demandez à votre bureau.",
            "sync": "Pas de liaison avec le bureau en ce moment. Tout reste sur ce téléphone.",
            "cancelled": "L'envoi a été arrêté. Ce qui n'est pas parti reste sur ce téléphone.",
            "": "Quelque chose n'a pas marché. Rien n'a été effacé. Donnez le code à votre bureau.",
        ]
    )
}
