package org.wayside.app.model

internal val tigrinyaNotices = Words.Notices(
    oldDrafts = { count -> "ቅድሚ ልዕሊ ሸውዓተ መዓልታት ተጀሚሩ ዘይተወድአ፦ $count። ወድእዎ፣ ወይ ዋላ ሓንቲ ኣይትዕቀቡ።" },
    oldUnsent = { count -> "ድሕሪ ሰላሳ መዓልታት ኣብ ቤት ጽሕፈትኩም ዘይበጽሐ፦ $count። ለኣኹ፣ ወይ ንተቖጻጻሪኹም ሕተቱ።" },
    readingLocked = "ዓሰርተ ኣርባዕተ መዓልታት ብዘይ ቤት ጽሕፈት፦ ክሳብ እትልእኹን እትቕበሉን መዝገባት ኣይርኣዩን። ዝርርብ ግን ይከኣል።",
    oldCopy = "እዚ ናይቲ ኣብዚ ተሌፎን ዝነበረ ኣረጊት ቅዳሕ እዩ። ድሕሪኡ ዝተጻሕፈ ኣብዚ የለን። ንቤት ጽሕፈትኩም ንገሩ።",
    useCopy = "ብዚ ቅዳሕ ቀጽል",
    practice = "ልምምድ፦ ኣብዚ ዘሎ ብዛዕባ ናይ ብሓቂ ሰብ ኣይኮነን፣ ዋላ ሓንቲ እውን ኣይለኣኽን።",
    more = "ተወሳኺ",
)

internal val tigrinyaWork = Words.Work(
    title = "ጉዳያት",
    waiting = { count -> "$count ሕጂ ይጽበዩ" },
    empty = "ክፉት ጉዳይ የለን።",
    by = { day -> "ክሳብ $day" },
    isDue = "ግዜኡ ኣኺሉ።",
    checkReferral = "ምልላይ ኣበይ ከም ዘሎ ርአ",
    contact = "ነቲ ሰብ ርኸብ፣ ቤት ጽሕፈትኩም ብዝሓዞ ሕጊ ጥራይ",
    talkAgain = "እንደገና ንምዝራብ ኣቕርብ",
    nothing = "ዝተመደበ የለን",
    task = { code -> "ካብ ቤት ጽሕፈትኩም ዕማም፦ $code" },
    next = "ዝቕጽል",
    days = "ድሕሪ ክንደይ መዓልታት?",
    note = "መዝግብ",
    noted = "ኣብዚ ተሌፎን ተመዝጊቡ።",
    correct = "ገለ ኣርም",
    correctText = "ክጽሓፍ ዝግብኦ",
    withoutNames = "ብዘይ ስም። እቲ መዝገብ ባዕሉ ኣብዚ ኣይንበብን።",
    withdraw = "እቲ ሰብ ስምምዑ ይስሕብ",
    which = "ኣየናይ?",
    erase = "እቲ መዝገብ ይደምሰስ",
    eraseMeans = "ኣብ ቤት ጽሕፈትኩም ንሓዋሩ ይድምሰስ። ክምለስ ኣይክእልን።",
    because = "ስለምንታይ?",
    personAsked = "እቲ ሰብ ሓቲቱ",
    notCovered = "ክምዝገብ ኣይምተገብአን",
    expired = "ግዜኡ ሓሊፉ",
    again = "እቲ ሰብ ደጊሙ ተዛሪቡ",
    againCode = "ኣየናይ እዩ ሓድሽ ዝርርብ?",
    close = "ካብ ዝርዝር ኣውጽእ",
    closeMeans = "ቤት ጽሕፈትኩም ዝሓዞ ይጸንሕ።",
    seal = "ንቤት ጽሕፈት ሕተም",
    sealed = "ተሓቲሙ። ምስ ዝቕጽል ምልኣኽ ይኸይድ።",
    referral = { to, state -> "$to፦ $state" },
)

internal val tigrinyaStates = Words.States(
    sent = "ተላኢኹ",
    received = "ተቐቢሎም",
    accepted = "ተቐባልነት ረኺቡ",
    declined = "ተነጺጉ",
    started = "ተጀሚሩ",
    done = "ተወዲኡ",
    failed = "ኣይሰለጠን",
    revoked = "ተሳሒቡ",
)

internal val tigrinyaLines = Words.Lines(
    talk = "ምዝራብ",
    record = "መዝገብ ምዕቃብ",
    name = "ስምን ኣድራሻን ምዕቃብ",
    refer = { to -> "ናብ $to ምልላይ" },
    contact = "ደጊምካ ምርካብ",
    statistics = "ምቑጻር",
    research = "ብዘይ ስም መጽናዕቲ",
    authorities = "ንሰበ ስልጣን ምሕባር",
    family = "ስድራቤት ምድላይ",
)

internal val tigrinyaRefer = Words.Refer(
    refer = "ለሊ",
    to = { name -> "ናብ $name ለሊ" },
    what = "ምስኡ እንታይ ይኸይድ? ዘድልዮም ጥራይ።",
    needs = "ዘድሊ",
    age = "ዕድመ",
    language = "ቋንቋ",
    contact = "ነቲ ሰብ ከመይ ይርከብ",
    name = "ስም",
    summary = "ሓጺር ጽማቝ",
    wants = "እቲ ሰብ ዝደልዮ፣ ብዘይ ስም",
    urgency = "ክሳብ መዓስ?",
    now = "ሕጂ",
    day = "ኣብ ውሽጢ መዓልቲ",
    threeDays = "ኣብ ውሽጢ ሰለስተ መዓልታት",
    routine = "ከም ልሙድ",
    handover = "ብኸመይ ይረከብ?",
    accompanied = "ምስኡ ትኸዱ",
    phone = "ብተሌፎን",
    paper = "ብዕጹው ወረቐት",
    file = "ብዝተመስጠረ ፋይል",
    codeOnly = "ብኮድ ጥራይ",
    told = "ንሰበ ስልጣን ክሕብሩ ከም ዝኽእሉ ነቲ ሰብ ነጊረዮ",
    keepName = "እቲ ሰብ ስምን ኣድራሻን ክንዕቅብ ይሰማማዕ",
    ask = { name, fields ->
        "ንዓኹም ብዝምልከት እዚ ን$name ክንነግሮም ዶ፦ $fields? ካልእ ሰብ ኣይረኽቦን። ኣይኮነን ክትብሉ፣ ደሓር እውን ክትስሕብዎ ትኽእሉ።"
    },
    mustNotKnow = "ብዛዕባ እቲ ሰብ ክፈልጡ የብሎምን",
    sealed = "እቲ ምልላይ ተሓቲሙ፣ ምስ ዝቕጽል ምልኣኽ ይኸይድ። እቲ ጉዳይ ኣበይ ከም ዘሎ የርኢ።",
)

internal val tigrinyaHelp = Words.Help(
    title = "ምስ ሰብ ተዛረቡ",
    after = "ከምዚ ዝበለ ዝርርብ ክኸብደኩም ይኽእል። ክድወለልኩም ክትሓቱ ትኽእሉ።",
    means = "ተቖጻጻሪኹም ምስጢራዊ ስምኩምን ቦታኹምን ይርኢ፣ ካብ ዝርርብ ሓንቲ ቃል እውን ኣይርእን።",
    ask = "ክድወለለይ ሕተት",
    hard = "ዝርርብ ከቢድ ነይሩ ጥራይ በል",
    asked = "ተሓቲሙ። ምስ ዝቕጽል ምልኣኽ፣ ቅድሚ ካልእ፣ ይኸይድ።",
)
