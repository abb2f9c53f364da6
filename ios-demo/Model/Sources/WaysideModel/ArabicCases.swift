extension Words {
    static let arabicNotices = Notices(
        oldDrafts: { count in "بدأ قبل أكثر من سبعة أيام ولم يكتمل: \(count). أكملوه، أو لا تحفظوا شيئًا." },
        oldUnsent: { count in "لم يصل إلى مكتبكم بعد ثلاثين يومًا: \(count). أرسلوا، أو اسألوا المشرف." },
        readingLocked: "أربعة عشر يومًا بلا اتصال بالمكتب: لا تُعرض السجلات حتى ترسلوا. ما زال الحديث ممكنًا.",
        oldCopy: "هذه نسخة أقدم مما كان على هذا الهاتف. ما كُتب بعدها ليس هنا. أخبروا مكتبكم.",
        useCopy: "متابعة بهذه النسخة",
        practice: "تدريب: لا شيء هنا عن شخص حقيقي، ولا يُرسل شيء.",
        more: "المزيد"
    )

    static let arabicWork = Work(
        title: "الحالات",
        waiting: { count in "\(count) حان وقتها" },
        empty: "لا توجد حالة مفتوحة.",
        by: { day in "حتى \(day)" },
        isDue: "حان الوقت.",
        checkReferral: "متابعة الإحالة",
        contact: "الاتصال بالشخص، فقط وفق القاعدة التي لدى مكتبكم",
        talkAgain: "عرض الحديث مرة أخرى",
        nothing: "لا شيء مقرر",
        task: { code in "مهمة من مكتبكم: \(code)" },
        next: "الخطوة التالية",
        days: "بعد كم يوم؟",
        note: "تسجيل",
        noted: "سُجّل على هذا الهاتف.",
        correct: "تصحيح شيء",
        correctText: "ما يجب أن يكون مكتوبًا",
        withoutNames: "بلا أسماء. السجل نفسه لا يُقرأ هنا.",
        withdraw: "الشخص يسحب موافقة",
        which: "أي موافقة؟",
        erase: "طلب محو السجل",
        eraseMeans: "يُمحى في مكتبكم نهائيًا. لا يمكن التراجع.",
        because: "لماذا؟",
        personAsked: "طلب الشخص ذلك",
        notCovered: "ما كان ينبغي تسجيله",
        expired: "انتهت مدته",
        again: "تحدث الشخص نفسه مرة أخرى",
        againCode: "أي حديث هو الجديد؟",
        close: "إزالة من القائمة",
        closeMeans: "ما لدى مكتبكم يبقى.",
        seal: "ختم للمكتب",
        sealed: "خُتم. يُرسل مع الإرسال القادم.",
        referral: { to, state in "\(to): \(state)" }
    )

    static let arabicStates = States(
        sent: "أُرسلت",
        received: "استُلمت",
        accepted: "قُبلت",
        declined: "رُفضت",
        started: "بدأت",
        done: "تمت",
        failed: "لم تنجح",
        revoked: "سُحبت"
    )

    static let arabicLines = Lines(
        talk: "الحديث",
        record: "حفظ سجل",
        name: "حفظ الاسم ووسيلة الاتصال",
        refer: { to in "الإحالة إلى \(to)" },
        contact: "الاتصال مرة أخرى",
        statistics: "الإحصاء",
        research: "بحث بلا أسماء",
        authorities: "إبلاغ السلطات",
        family: "البحث عن العائلة"
    )

    static let arabicRefer = Refer(
        refer: "إحالة",
        to: { name in "إحالة إلى \(name)" },
        what: "ماذا يُرسل معها؟ فقط ما يلزم.",
        needs: "ما يُحتاج إليه",
        age: "العمر",
        language: "اللغة",
        contact: "كيف يُتصل بالشخص",
        name: "الاسم",
        summary: "ملخص قصير",
        wants: "ما يريده الشخص، بلا أسماء",
        urgency: "متى؟",
        now: "الآن",
        day: "خلال يوم",
        threeDays: "خلال ثلاثة أيام",
        routine: "كالمعتاد",
        handover: "كيف تُسلَّم؟",
        accompanied: "ترافقون الشخص",
        phone: "بالهاتف",
        paper: "على ورق، مغلق",
        file: "في ملف مشفّر",
        codeOnly: "بالرمز فقط",
        told: "أخبرتُ الشخص أنهم قد يبلغون السلطات",
        keepName: "يوافق الشخص على حفظ الاسم ووسيلة الاتصال",
        ask: { name, fields in
            "هل يمكننا أن نخبر \(name) بهذا عنك: \(fields)؟ لا يصل إلى غيرهم. يمكنك أن تقول لا، وأن تسحب " +
                "موافقتك لاحقًا."
        },
        mustNotKnow: "يجب ألا يعرفوا بالشخص",
        sealed: "الإحالة مختومة وتُرسل مع الإرسال القادم. تُظهر الحالة وضعها."
    )

    static let arabicHelp = Help(
        title: "تحدثوا إلى أحد",
        after: "قد تثقل هذه الأحاديث عليكم. يمكنكم طلب مكالمة.",
        means: "يرى المشرف اسمكم الرمزي ومكانكم، ولا كلمة من أي حديث.",
        ask: "طلب مكالمة",
        hard: "القول فقط إن حديثًا كان صعبًا",
        asked: "خُتم. يُرسل مع الإرسال القادم، قبل غيره."
    )

    static let arabicContact = Contact(
        title: "الاتصال بالشخص",
        how: "بأي طريقة؟",
        inPerson: "حضوريًا، هنا",
        call: "بالهاتف",
        message: "برسالة",
        trusted: "عن طريق من يثق به الشخص",
        look: "تحقّق إن كان ممكنًا الآن",
        now: "يمكن ذلك الآن، وبهذه الطريقة فقط.",
        codeWord: { word in "قل هذا أولًا؛ به يعرفك الشخص: \(word)" },
        noWord: "لم يُتفق على كلمة يعرفك بها الشخص.",
        sameWorker: "يتّصل من أجرى الحديث.",
        colleague: "يجوز أن يتّصل أيّ زميل.",
        chosenGender: "يتّصل زميل من الجنس الذي اختاره الشخص.",
        trustedMay: "يجوز أيضًا أن يجيب من سمّاه الشخص.",
        onlyPerson: "تحدث إلى الشخص وحده.",
        hangUp: "إن أجاب شخص آخر: أنهِ ولا تقل شيئًا.",
        wrongNumber: "إن أجاب شخص آخر: قل إن الرقم خطأ.",
        cover: "إن أجاب شخص آخر: التزم بالقصة المتفق عليها مع الشخص."
    )
}
