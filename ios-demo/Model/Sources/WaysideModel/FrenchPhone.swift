extension Words {
    static let frenchPhone = Phone(
        title: "Ce téléphone",
        worker: { number in "Intervenant \(number)" },
        another: "Un autre intervenant",
        practice: "Exercice",
        makePractice: "Commencer l'exercice",
        practiceMeans: "Choisissez des mots secrets pour l'exercice. Pas forcément ceux que vous utilisez " +
            "d'habitude.",
        scan: "Scanner le code",
        language: "Langue de l'application",
        secret: "Changer les mots secrets",
        old: "Mots secrets actuels",
        new: "Nouveaux mots secrets",
        newAgain: "Les nouveaux, encore une fois",
        differ: "Les deux ne sont pas pareils.",
        duress: "D'autres mots, si l'on vous force",
        duressMeans: "Ils ouvrent une application qui semble vide, avec les mêmes formulaires. Laissez vide " +
            "pour aucun.",
        duressWipes: "Ils détruisent aussi ce qui est sur ce téléphone. Ce qui est scellé part quand même.",
        change: "Changer",
        changed: "Changé. Utilisez désormais les nouveaux mots.",
        decoy: "Ouvrir ce que montrent les autres mots",
        decoyMeans: "Tenez-y quelques entretiens inventés, pour qu'elle semble utilisée. Verrouillez pour " +
            "en sortir.",
        border: "Avant une frontière",
        borderMeans: "Envoie une fois, puis tout ce que votre bureau a disparaît d'ici. Ce qu'il n'a pas " +
            "reste, scellé.",
        clear: "Envoyer, puis vider",
        stillHere: { drafts, records in "Encore ici : pas finis \(drafts), scellés \(records)." },
        destroy: "Tout détruire tout de suite",
        destroyMeans: "Les entretiens non finis sont perdus. Ce qui est scellé peut encore partir. Touchez " +
            "encore pour le faire.",
        face: "Nom et image de l'application",
        faceMeans: "Comment elle se présente parmi les autres.",
        check: "Vérifier ce téléphone",
        checked: "Tout est comme il a été écrit.",
        log: "Ce qui a été fait, par heure",
        signed: "signé",
        site: "Lieu",
        role: "Rôle"
    )

    static let frenchMedia = Media(
        photo: "Prendre une photo",
        sound: "Enregistrer",
        video: "Filmer",
        file: "Choisir un fichier",
        sign: "Signer ici",
        draw: "Dessiner ici",
        fileStays: "Le fichier reste aussi à sa place sur ce téléphone.",
        kept: "C'est dans la fiche, et nulle part ailleurs sur ce téléphone.",
        takeKept: "Garder ceci",
        clear: "Effacer",
        remove: "Retirer",
        position: "Prendre la position",
        latitude: "Latitude",
        longitude: "Longitude",
        addPoint: "Ajouter un point",
        points: { count in "Points : \(count)" },
        scan: "Scanner un code",
        listen: { text in "Écouter : \(text)" },
        find: "Chercher",
        moreChoices: { count in "Encore \(count). Tapez une partie du mot." },
        year: "Année",
        month: "Mois",
        day: "Jour",
        hour: "Heure",
        minute: "Minute",
        inGregorian: { day in "Grégorien : \(day)" },
        noSuchDay: "Ce jour n'existe pas.",
        up: "Monter",
        down: "Descendre",
        order: "Dans cet ordre",
        less: "Moins",
        more: "Plus",
        jump: { number in "Aller au numéro \(number)" }
    )

    static let frenchByFile = ByFile(
        title: "Par fichier",
        holds: "Le fichier contient des fiches scellées et ce que votre bureau a signé. En route, personne ne peut lire une fiche.",
        save: "Enregistrer dans un fichier",
        take: "Prendre un fichier",
        saved: "Le fichier est enregistré. Tout reste aussi ici jusqu'à ce que votre bureau dise qu'il l'a.",
        cutOff: "Le fichier était coupé. Ce qui était entier a été regardé.",
        nothing: "Il n'y avait rien de nouveau pour ce téléphone.",
        fromOffice: { count in "Nouveau de votre bureau : \(count)" },
        carriedFor: { count in "Porté pour d'autres à partir de maintenant : \(count)" },
        givenUp: { count in "N'est plus porté, votre bureau l'a : \(count)" },
        wasHere: { count in "Était déjà ici : \(count)" },
        notTaken: { count, code in "Pas pris : \(count) [\(code)]" },
        waiting: "Porté pour d'autres, seulement sur ce téléphone",
        handedOver: "Porté pour d'autres, remis, pas encore ouvert par votre bureau"
    )

    static let frenchNearby = Nearby(
        title: "Un téléphone proche",
        means: "Sans réseau, donnez ce qui est scellé ici à un collègue qui en trouvera un plus tôt. Les deux " +
            "téléphones sont sur le même Wi-Fi, ou l'un sur le point d'accès de l'autre. En route, personne ne " +
            "peut lire une fiche.",
        carry: "Porter pour un téléphone proche",
        give: "Donner à un téléphone proche",
        carrying: "Porter pour un téléphone proche",
        show: "Votre collègue scanne ceci avec l'autre téléphone, ou tape ce qui est écrit dessous.",
        taken: { count in "Pièces scellées prises pour être portées : \(count)" },
        goes: "Cela part à votre bureau avec vos fiches, au prochain envoi de ce téléphone.",
        stopped: "C'est arrêté : plus rien n'est pris.",
        again: "Recommencer",
        look: "Sur l'autre téléphone, sous « Fiches en route », touchez « Porter pour un téléphone proche ». " +
            "Scannez ce qu'il montre, ou tapez-le ici.",
        scan: "Scanner l'autre téléphone",
        address: "Adresse",
        code: "Code",
        giveNow: "Donner",
        stop: "Arrêter de donner",
        progress: { done, total in "Don : \(done) sur \(total)" },
        given: { count in "Pièces scellées données au téléphone d'un collègue : \(count)" },
        stays: "Tout reste aussi ici, et attend que votre bureau dise qu'il l'a.",
        nothing: "Rien n'attend ici qui puisse être donné.",
        notAll: "Tout n'a pas été donné. Le reste est sur ce téléphone.",
        alsoThere: "De ceux-ci, aussi sur le téléphone d'un collègue"
    )
}
