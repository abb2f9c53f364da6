extension Words {
    static let tigrinyaNotices = Notices(
        oldDrafts: { count in "ቅድሚ ልዕሊ ሸውዓተ መዓልታት ተጀሚሩ ዘይተወድአ፦ \(count)። ወድእዎ፣ ወይ ዋላ ሓንቲ ኣይትዕቀቡ።" },
        oldUnsent: { count in "ድሕሪ ሰላሳ መዓልታት ኣብ ቤት ጽሕፈትኩም ዘይበጽሐ፦ \(count)። ለኣኹ፣ ወይ ንተቖጻጻሪኹም ሕተቱ።" },
        readingLocked: "ዓሰርተ ኣርባዕተ መዓልታት ብዘይ ቤት ጽሕፈት፦ ክሳብ እትልእኹን እትቕበሉን መዝገባት ኣይርኣዩን። ዝርርብ ግን ይከኣል።",
        oldCopy: "እዚ ናይቲ ኣብዚ ተሌፎን ዝነበረ ኣረጊት ቅዳሕ እዩ። ድሕሪኡ ዝተጻሕፈ ኣብዚ የለን። ንቤት ጽሕፈትኩም ንገሩ።",
        useCopy: "ብዚ ቅዳሕ ቀጽል",
        practice: "ልምምድ፦ ኣብዚ ዘሎ ብዛዕባ ናይ ብሓቂ ሰብ ኣይኮነን፣ ዋላ ሓንቲ እውን ኣይለኣኽን።",
        more: "ተወሳኺ"
    )

    static let tigrinyaWork = Work(
        title: "ጉዳያት",
        waiting: { count in "\(count) ሕጂ ይጽበዩ" },
        empty: "ክፉት ጉዳይ የለን።",
        by: { day in "ክሳብ \(day)" },
        isDue: "ግዜኡ ኣኺሉ።",
        checkReferral: "ምልላይ ኣበይ ከም ዘሎ ርአ",
        contact: "ነቲ ሰብ ርኸብ፣ ቤት ጽሕፈትኩም ብዝሓዞ ሕጊ ጥራይ",
        talkAgain: "እንደገና ንምዝራብ ኣቕርብ",
        nothing: "ዝተመደበ የለን",
        task: { code in "ካብ ቤት ጽሕፈትኩም ዕማም፦ \(code)" },
        next: "ዝቕጽል",
        days: "ድሕሪ ክንደይ መዓልታት?",
        note: "መዝግብ",
        noted: "ኣብዚ ተሌፎን ተመዝጊቡ።",
        correct: "ገለ ኣርም",
        correctText: "ክጽሓፍ ዝግብኦ",
        withoutNames: "ብዘይ ስም። እቲ መዝገብ ባዕሉ ኣብዚ ኣይንበብን።",
        withdraw: "እቲ ሰብ ስምምዑ ይስሕብ",
        which: "ኣየናይ?",
        erase: "እቲ መዝገብ ይደምሰስ",
        eraseMeans: "ኣብ ቤት ጽሕፈትኩም ንሓዋሩ ይድምሰስ። ክምለስ ኣይክእልን።",
        because: "ስለምንታይ?",
        personAsked: "እቲ ሰብ ሓቲቱ",
        notCovered: "ክምዝገብ ኣይምተገብአን",
        expired: "ግዜኡ ሓሊፉ",
        again: "እቲ ሰብ ደጊሙ ተዛሪቡ",
        againCode: "ኣየናይ እዩ ሓድሽ ዝርርብ?",
        close: "ካብ ዝርዝር ኣውጽእ",
        closeMeans: "ቤት ጽሕፈትኩም ዝሓዞ ይጸንሕ።",
        seal: "ንቤት ጽሕፈት ሕተም",
        sealed: "ተሓቲሙ። ምስ ዝቕጽል ምልኣኽ ይኸይድ።",
        referral: { to, state in "\(to)፦ \(state)" }
    )

    static let tigrinyaStates = States(
        sent: "ተላኢኹ",
        received: "ተቐቢሎም",
        accepted: "ተቐባልነት ረኺቡ",
        declined: "ተነጺጉ",
        started: "ተጀሚሩ",
        done: "ተወዲኡ",
        failed: "ኣይሰለጠን",
        revoked: "ተሳሒቡ"
    )

    static let tigrinyaLines = Lines(
        talk: "ምዝራብ",
        record: "መዝገብ ምዕቃብ",
        name: "ስምን ኣድራሻን ምዕቃብ",
        refer: { to in "ናብ \(to) ምልላይ" },
        contact: "ደጊምካ ምርካብ",
        statistics: "ምቑጻር",
        research: "ብዘይ ስም መጽናዕቲ",
        authorities: "ንሰበ ስልጣን ምሕባር",
        family: "ስድራቤት ምድላይ"
    )

    static let tigrinyaRefer = Refer(
        refer: "ለሊ",
        to: { name in "ናብ \(name) ለሊ" },
        what: "ምስኡ እንታይ ይኸይድ? ዘድልዮም ጥራይ።",
        needs: "ዘድሊ",
        age: "ዕድመ",
        language: "ቋንቋ",
        contact: "ነቲ ሰብ ከመይ ይርከብ",
        name: "ስም",
        summary: "ሓጺር ጽማቝ",
        wants: "እቲ ሰብ ዝደልዮ፣ ብዘይ ስም",
        urgency: "ክሳብ መዓስ?",
        now: "ሕጂ",
        day: "ኣብ ውሽጢ መዓልቲ",
        threeDays: "ኣብ ውሽጢ ሰለስተ መዓልታት",
        routine: "ከም ልሙድ",
        handover: "ብኸመይ ይረከብ?",
        accompanied: "ምስኡ ትኸዱ",
        phone: "ብተሌፎን",
        paper: "ብዕጹው ወረቐት",
        file: "ብዝተመስጠረ ፋይል",
        codeOnly: "ብኮድ ጥራይ",
        told: "ንሰበ ስልጣን ክሕብሩ ከም ዝኽእሉ ነቲ ሰብ ነጊረዮ",
        keepName: "እቲ ሰብ ስምን ኣድራሻን ክንዕቅብ ይሰማማዕ",
        ask: { name, fields in
            "ንዓኹም ብዝምልከት እዚ ን\(name) ክንነግሮም ዶ፦ \(fields)? ካልእ ሰብ ኣይረኽቦን። ኣይኮነን ክትብሉ፣ ደሓር እውን ክትስሕብዎ ትኽእሉ።"
        },
        mustNotKnow: "ብዛዕባ እቲ ሰብ ክፈልጡ የብሎምን",
        sealed: "እቲ ምልላይ ተሓቲሙ፣ ምስ ዝቕጽል ምልኣኽ ይኸይድ። እቲ ጉዳይ ኣበይ ከም ዘሎ የርኢ።"
    )

    static let tigrinyaHelp = Help(
        title: "ምስ ሰብ ተዛረቡ",
        after: "ከምዚ ዝበለ ዝርርብ ክኸብደኩም ይኽእል። ክድወለልኩም ክትሓቱ ትኽእሉ።",
        means: "ተቖጻጻሪኹም ምስጢራዊ ስምኩምን ቦታኹምን ይርኢ፣ ካብ ዝርርብ ሓንቲ ቃል እውን ኣይርእን።",
        ask: "ክድወለለይ ሕተት",
        hard: "ዝርርብ ከቢድ ነይሩ ጥራይ በል",
        asked: "ተሓቲሙ። ምስ ዝቕጽል ምልኣኽ፣ ቅድሚ ካልእ፣ ይኸይድ።"
    )

    static let tigrinyaContact = Contact(
        title: "ነቲ ሰብ ርኸቡ",
        how: "ብኸመይ?",
        inPerson: "ብኣካል፣ ኣብዚ",
        call: "ብተሌፎን",
        message: "ብመልእኽቲ",
        trusted: "ብመንገዲ እቲ ሰብ ዝኣምኖ",
        look: "ሕጂ ዝከኣል እንተኾይኑ ርኣዩ",
        now: "ሕጂ ይከኣል፣ በዚ መንገዲ ጥራይ።",
        codeWord: { word in "ቅድም እዚ በሉ፤ እቲ ሰብ ብእኡ ይፈልጠኩም፦ \(word)" },
        noWord: "እቲ ሰብ ዝፈልጠኩም ዝተሰማምዑሉ ቃል የለን።",
        sameWorker: "እቲ ነቲ ዝርርብ ዝመርሐ መሳርሕቲ ይራኸብ።",
        colleague: "ዝኾነ መሳርሕቲ ክራኸብ ይኽእል።",
        chosenGender: "ካብቲ እቲ ሰብ ዝመረጾ ጾታ ዝኾነ መሳርሕቲ ይራኸብ።",
        trustedMay: "እቲ ሰብ ዝጠቐሶ ሰብ እውን ክምልስ ይኽእል።",
        onlyPerson: "ምስቲ ሰብ ጥራይ ተዛረቡ።",
        hangUp: "ካልእ ሰብ እንተመሊሱ፦ ኣቋርጹ፣ ዋላ ሓንቲ ኣይትበሉ።",
        wrongNumber: "ካልእ ሰብ እንተመሊሱ፦ ጌጋ ቁጽሪ እዩ በሉ።",
        cover: "ካልእ ሰብ እንተመሊሱ፦ ነታ ምስቲ ሰብ ዝተሰማማዕኩምላ ዛንታ ሓዙ።"
    )
}
