import SwiftUI
import Wayside
import WaysideModel

/// What goes, to whom, how: then exactly that is read to the person, who says yes or no.
struct ReferStep: View {
    let words: Words
    let service: ServiceView
    @Binding var form: ReferralForm

    var body: some View {
        Large(words.refer.to(service.name))
        Heading(words.refer.what)
        ForEach(referralFields, id: \.self) { field in
            ChoiceRow(label: words.field(field), chosen: form.fields[field] != nil, many: true, id: "field-\(field)") {
                form.fields[field] = form.fields[field] == nil ? "" : nil
            }
            if form.fields[field] != nil {
                TextField(words.field(field), text: value(field)).discreet().accessibilityIdentifier("value-\(field)")
            }
        }
        Text(words.refer.wants)
        TextField("", text: $form.wants).discreet().accessibilityIdentifier("wants")
        Heading(words.refer.urgency)
        Pick(options: [.now, .day, .threeDays, .routine], chosen: form.urgency, id: "urgency", label: urgency) { form.urgency = $0 }
        Heading(words.refer.handover)
        Pick(
            options: [.accompanied, .phone, .sealedPaper, .encryptedFile, .codeOnly], chosen: form.handover, id: "handover",
            label: handover
        ) { form.handover = $0 }
        if form.isNaming {
            ChoiceRow(label: words.refer.keepName, chosen: form.named, many: true, id: "named") { form.named = !form.named }
        }
        if let warning = words.reports(service.reporting) {
            ProblemText(warning)
            ChoiceRow(label: words.refer.told, chosen: form.warned, many: true, id: "warned") { form.warned = !form.warned }
        }
        Text(words.consent.readAloud)
        Large(words.refer.ask(service.name, form.chosen.map(words.field).joined(separator: ", ")))
    }

    private func value(_ field: String) -> Binding<String> {
        Binding(get: { form.fields[field] ?? "" }, set: { form.fields[field] = $0 })
    }

    private func urgency(_ urgency: Urgency) -> String {
        switch urgency {
        case .now: words.refer.now
        case .day: words.refer.day
        case .threeDays: words.refer.threeDays
        case .routine: words.refer.routine
        }
    }

    private func handover(_ handover: Handover) -> String {
        switch handover {
        case .accompanied: words.refer.accompanied
        case .phone: words.refer.phone
        case .sealedPaper: words.refer.paper
        case .encryptedFile: words.refer.file
        case .codeOnly: words.refer.codeOnly
        }
    }
}

extension Words {
    func field(_ name: String) -> String {
        switch name {
        case "needs": refer.needs
        case "age": refer.age
        case "language": refer.language
        case "contact": refer.contact
        case "name": refer.name
        default: refer.summary
        }
    }

    /// Who has to tell the authorities is said before a referral; nothing where nobody does.
    func reports(_ reporting: Reporting) -> String? {
        switch reporting {
        case .never: nil
        case .children: services.reportsChildren
        case .always: services.reports
        case .unknown: services.reportsUnknown
        }
    }
}
