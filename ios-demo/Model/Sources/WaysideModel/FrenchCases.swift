extension Words {
    static let frenchNotices = Notices(
        oldDrafts: { count in
            "Commencés il y a plus de sept jours, pas finis : \(count). Finissez, ou ne gardez rien."
        },
        oldUnsent: { count in
            "Pas arrivés au bureau après trente jours : \(count). Envoyez, ou demandez à votre " +
                "responsable."
        },
        readingLocked: "Quatorze jours sans le bureau : les fiches ne se montrent plus avant un envoi. Les " +
            "entretiens restent possibles.",
        oldCopy: "Ceci est une copie plus ancienne de ce qui était sur ce téléphone. Ce qui a été écrit " +
            "ensuite n'y est pas. Prévenez votre bureau.",
        useCopy: "Continuer avec cette copie",
        practice: "Exercice : rien ici ne concerne une vraie personne, et rien n'est envoyé.",
        more: "Autres"
    )

    static let frenchWork = Work(
        title: "Cas",
        waiting: { count in "\(count) à faire maintenant" },
        empty: "Aucun cas n'est ouvert.",
        by: { day in "avant le \(day)" },
        isDue: "C'est le moment.",
        checkReferral: "Voir où en est l'orientation",
        contact: "Contacter la personne, seulement selon la règle que tient votre bureau",
        talkAgain: "Proposer de reparler",
        nothing: "Rien de prévu",
        task: { code in "Tâche de votre bureau : \(code)" },
        next: "La suite",
        days: "Dans combien de jours ?",
        note: "Noter",
        noted: "Noté sur ce téléphone.",
        correct: "Corriger quelque chose",
        correctText: "Ce qui devrait y être",
        withoutNames: "Sans noms. La fiche elle-même ne peut pas être lue ici.",
        withdraw: "La personne retire un accord",
        which: "Lequel ?",
        erase: "Faire effacer la fiche",
        eraseMeans: "Elle est effacée à votre bureau, pour toujours. On ne peut pas revenir en arrière.",
        because: "Pourquoi ?",
        personAsked: "La personne l'a demandé",
        notCovered: "Elle n'aurait pas dû être notée",
        expired: "Son temps est passé",
        again: "La même personne a reparlé",
        againCode: "Quel est le nouvel entretien ?",
        close: "Retirer de la liste",
        closeMeans: "Ce que votre bureau détient reste.",
        seal: "Sceller pour le bureau",
        sealed: "Scellé. Cela part avec le prochain envoi.",
        referral: { to, state in "\(to) : \(state)" }
    )

    static let frenchStates = States(
        sent: "envoyée",
        received: "reçue",
        accepted: "acceptée",
        declined: "refusée",
        started: "commencée",
        done: "faite",
        failed: "échouée",
        revoked: "retirée"
    )

    static let frenchLines = Lines(
        talk: "Parler",
        record: "Garder une fiche",
        name: "Garder nom et contact",
        refer: { to in "Être orienté vers \(to)" },
        contact: "Être recontacté",
        statistics: "Être compté",
        research: "Recherche sans noms",
        authorities: "Informer les autorités",
        family: "Rechercher la famille"
    )

    static let frenchRefer = Refer(
        refer: "Orienter",
        to: { name in "Orienter vers \(name)" },
        what: "Que transmet-on ? Seulement le nécessaire.",
        needs: "Ce qu'il faut",
        age: "Âge",
        language: "Langue",
        contact: "Comment joindre la personne",
        name: "Nom",
        summary: "Un bref résumé",
        wants: "Ce que veut la personne, sans noms",
        urgency: "Dans quel délai ?",
        now: "Maintenant",
        day: "Dans la journée",
        threeDays: "Dans les trois jours",
        routine: "Comme d'habitude",
        handover: "Comment le remet-on ?",
        accompanied: "Vous accompagnez",
        phone: "Par téléphone",
        paper: "Sur papier, scellé",
        file: "Dans un fichier chiffré",
        codeOnly: "Seulement par le code",
        told: "J'ai dit à la personne que ce service peut informer les autorités",
        keepName: "La personne accepte que nous gardions nom et contact",
        ask: { name, fields in
            "Pouvons-nous dire ceci de vous à \(name) : \(fields) ? Personne d'autre ne le reçoit. Vous " +
                "pouvez dire non, et revenir sur votre accord."
        },
        mustNotKnow: "Ils ne doivent rien savoir de la personne",
        sealed: "L'orientation est scellée et part avec le prochain envoi. Le cas montre où elle en " +
            "est."
    )

    static let frenchHelp = Help(
        title: "Parler à quelqu'un",
        after: "Ces entretiens peuvent peser. Vous pouvez demander un appel.",
        means: "Votre responsable voit votre nom de code et votre lieu, et aucun mot d'un entretien.",
        ask: "Demander un appel",
        hard: "Dire seulement qu'un entretien a été dur",
        asked: "Scellé. Cela part au prochain envoi, avant le reste."
    )

    static let frenchContact = Contact(
        title: "Contacter la personne",
        how: "De quelle façon ?",
        inPerson: "En personne, ici",
        call: "Par téléphone",
        message: "Par message",
        trusted: "Par quelqu'un en qui la personne a confiance",
        look: "Voir si c'est possible maintenant",
        now: "C'est possible maintenant, de cette façon seulement.",
        codeWord: { word in "Dites d'abord ceci ; la personne vous reconnaît à cela : \(word)" },
        noWord: "Aucun mot n'a été convenu auquel la personne vous reconnaît.",
        sameWorker: "C'est la personne qui a mené l'entretien qui prend contact.",
        colleague: "Toute personne de l'équipe peut prendre contact.",
        chosenGender: "C'est quelqu'un du sexe choisi par la personne qui prend contact.",
        trustedMay: "Quelqu'un que la personne a nommé peut aussi répondre.",
        onlyPerson: "Ne parlez qu'à la personne.",
        hangUp: "Si quelqu'un d'autre répond : arrêtez, et ne dites rien.",
        wrongNumber: "Si quelqu'un d'autre répond : dites que c'est un faux numéro.",
        cover: "Si quelqu'un d'autre répond : tenez-vous à l'histoire convenue avec la personne."
    )
}
