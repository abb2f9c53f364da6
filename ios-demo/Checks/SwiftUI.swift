// Stands in for SwiftUI and UIKit where there are none, so that the views are type-checked on Linux against the model. It
// holds signatures and no behaviour, and only those that the app uses; each is a claim about Apple's and may be wrong.
@_exported import Foundation

public typealias CGFloat = Double

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: View {
    public var body: Never { fatalError() }
}

@MainActor public protocol Leaf: View where Body == Never {}
extension Leaf {
    public var body: Never { fatalError() }
}

extension Optional: View where Wrapped: View {
    public var body: Never { fatalError() }
}

public struct EmptyView: Leaf { public init() {} }
public struct Several<Parts>: Leaf {}
public struct OneOf<First: View, Second: View>: Leaf {}
public struct Changed: Leaf {}

@resultBuilder @MainActor public struct ViewBuilder {
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<Part: View>(_ part: Part) -> Part { part }
    @_disfavoredOverload
    public static func buildBlock<each Part: View>(_ part: repeat each Part) -> Several<(repeat each Part)> { fatalError() }
    public static func buildExpression<Part: View>(_ part: Part) -> Part { part }
    public static func buildIf<Part: View>(_ part: Part?) -> Part? { part }
    public static func buildEither<A: View, B: View>(first: A) -> OneOf<A, B> { fatalError() }
    public static func buildEither<A: View, B: View>(second: B) -> OneOf<A, B> { fatalError() }
}

// MARK: State

@propertyWrapper public struct State<Value> {
    public init(wrappedValue: Value) {}
    public var wrappedValue: Value { get { fatalError() } nonmutating set {} }
    public var projectedValue: Binding<Value> { fatalError() }
}

@propertyWrapper @dynamicMemberLookup public struct Binding<Value> {
    public init(get: @escaping @MainActor () -> Value, set: @escaping @MainActor (Value) -> Void) {}
    public var wrappedValue: Value { get { fatalError() } nonmutating set {} }
    public var projectedValue: Binding<Value> { self }
    public subscript<Part>(dynamicMember path: WritableKeyPath<Value, Part>) -> Binding<Part> { fatalError() }
}

public protocol ObservableObject: AnyObject {}

@propertyWrapper public struct Published<Value> {
    public init(wrappedValue: Value) {}
    public var wrappedValue: Value { get { fatalError() } set {} }
}

@MainActor @propertyWrapper public struct ObservedObject<Object: ObservableObject> {
    public init(wrappedValue: Object) {}
    public var wrappedValue: Object { fatalError() }
}

@MainActor @propertyWrapper public struct StateObject<Object: ObservableObject> {
    public init(wrappedValue: @autoclosure @escaping () -> Object) {}
    public var wrappedValue: Object { fatalError() }
}

public enum ScenePhase { case background, inactive, active }
public enum LayoutDirection { case leftToRight, rightToLeft }

public struct EnvironmentValues {
    public var layoutDirection: LayoutDirection { get { fatalError() } set {} }
    public var scenePhase: ScenePhase { fatalError() }
}

@propertyWrapper public struct Environment<Value> {
    public init(_ path: KeyPath<EnvironmentValues, Value>) {}
    public var wrappedValue: Value { fatalError() }
}

// MARK: App

@MainActor public protocol Scene {}

@MainActor public protocol App {
    associatedtype Body: Scene
    @MainActor var body: Body { get }
    init()
}

extension App {
    public static func main() {}
}

public struct WindowGroup<Content: View>: Scene { public init(@ViewBuilder content: () -> Content) {} }

// MARK: Values

public struct Color: Leaf, Sendable {
    nonisolated public init(red: Double, green: Double, blue: Double) {}
    public static let clear = Color(red: 0, green: 0, blue: 0), red = clear, white = clear, black = clear
}

public struct Font: Sendable {
    public static let headline = Font(), subheadline = Font(), title2 = Font(), title3 = Font()
}

public enum HorizontalAlignment { case leading, center, trailing }
public enum Alignment { case center, leading }

public struct AccessibilityTraits: SetAlgebra, Sendable {
    public static let isHeader = AccessibilityTraits(), isButton = isHeader, isSelected = isHeader
    public init() {}
    public func contains(_ member: Self) -> Bool { fatalError() }
    public func union(_ other: Self) -> Self { fatalError() }
    public func intersection(_ other: Self) -> Self { fatalError() }
    public func symmetricDifference(_ other: Self) -> Self { fatalError() }
    public mutating func insert(_ new: Self) -> (inserted: Bool, memberAfterInsert: Self) { fatalError() }
    public mutating func remove(_ member: Self) -> Self? { fatalError() }
    public mutating func update(with new: Self) -> Self? { fatalError() }
    public mutating func formUnion(_ other: Self) {}
    public mutating func formIntersection(_ other: Self) {}
    public mutating func formSymmetricDifference(_ other: Self) {}
}

public struct UnitPoint: Sendable { public static let top = UnitPoint() }
public enum ContentMode { case fit, fill }
public enum AccessibilityChildBehavior { case combine }
public enum UIKeyboardType { case `default`, numberPad, numbersAndPunctuation }
public struct RoundedBorderStyle: Sendable { public static let roundedBorder = RoundedBorderStyle() }
public enum TextInputAutocapitalization { case never }

// MARK: Views

public struct Text: Leaf { public init(_ text: some StringProtocol) {} }
public struct Image: Leaf { public init(systemName: String) {} }
public struct Spacer: Leaf { public init() {} }
public struct Divider: Leaf { public init() {} }
public struct ZStack<Content: View>: Leaf { public init(@ViewBuilder content: () -> Content) {} }
public struct Group<Content: View>: Leaf { public init(@ViewBuilder content: () -> Content) {} }
public struct ScrollView<Content: View>: Leaf { public init(@ViewBuilder content: () -> Content) {} }
public struct ScrollViewProxy { @MainActor public func scrollTo(_ id: some Hashable, anchor: UnitPoint?) {} }
public struct ScrollViewReader<Content: View>: Leaf {
    public init(@ViewBuilder content: @escaping (ScrollViewProxy) -> Content) {}
}
public struct HStack<Content: View>: Leaf { public init(spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {} }
public struct VStack<Content: View>: Leaf {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {}
}

public struct Rectangle: Leaf { public init() {} }

public struct GeometryProxy { public var size: CGSize { fatalError() } }
public struct GeometryReader<Content: View>: Leaf {
    public init(@ViewBuilder content: @escaping (GeometryProxy) -> Content) {}
}

public struct CGSize { public var width, height: CGFloat }
public struct CGPoint {
    public var x, y: CGFloat
    public init(x: CGFloat, y: CGFloat) { (self.x, self.y) = (x, y) }
}

public struct CGRect: Sendable { public init(x: Double, y: Double, width: Double, height: Double) {} }

public struct Path: Leaf {
    nonisolated public init(_ draw: (inout Path) -> Void) {}
    nonisolated public mutating func move(to: CGPoint) {}
    nonisolated public mutating func addLine(to: CGPoint) {}
    nonisolated public mutating func addRect(_ rect: CGRect) {}
    public func fill(_ color: Color) -> Changed { Changed() }
    public func stroke(_ color: Color, lineWidth: CGFloat) -> Changed { Changed() }
}

public protocol Gesture {}
public struct DragGesture: Gesture {
    public struct Value { public var location: CGPoint }
    public init(minimumDistance: CGFloat) {}
    public func onChanged(_ hear: @escaping @MainActor (Value) -> Void) -> DragGesture { self }
    public func onEnded(_ hear: @escaping @MainActor (Value) -> Void) -> DragGesture { self }
}

public struct ForEach<Data: RandomAccessCollection, Id: Hashable, Content: View>: Leaf {
    public init(_ data: Data, id: KeyPath<Data.Element, Id>, @ViewBuilder content: @escaping (Data.Element) -> Content) {}
}

public struct Button<Label: View>: Leaf {
    public init(_ title: some StringProtocol, action: @escaping @MainActor () -> Void) where Label == Text {}
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {}
}

public struct TextField: Leaf { public init(_ title: some StringProtocol, text: Binding<String>) {} }
public struct SecureField: Leaf { public init(_ title: some StringProtocol, text: Binding<String>) {} }
public struct ProgressView: Leaf {
    public init() {}
    public init(value: Double?, total: Double) {}
}

public struct Stroke: Leaf {}
public struct RoundedRectangle: Leaf {
    public init(cornerRadius: CGFloat) {}
    public func stroke(_ color: Color) -> Stroke { Stroke() }
}

// MARK: Modifiers

extension View {
    public func font(_ font: Font?) -> Changed { Changed() }
    public func padding() -> Changed { Changed() }
    public func frame(minHeight: CGFloat?) -> Changed { Changed() }
    public func frame(minWidth: CGFloat?, minHeight: CGFloat?) -> Changed { Changed() }
    public func frame(maxWidth: CGFloat?, minHeight: CGFloat? = nil, alignment: Alignment = .center) -> Changed { Changed() }
    public func foregroundColor(_ color: Color?) -> Changed { Changed() }
    public func background(_ color: Color) -> Changed { Changed() }
    public func overlay(_ view: some View) -> Changed { Changed() }
    public func clipShape(_ shape: RoundedRectangle) -> Changed { Changed() }
    public func opacity(_ opacity: Double) -> Changed { Changed() }
    public func disabled(_ disabled: Bool) -> Changed { Changed() }
    public func contentShape(_ shape: Rectangle) -> Changed { Changed() }
    public func gesture(_ gesture: some Gesture) -> Changed { Changed() }
    public func aspectRatio(_ ratio: CGFloat?, contentMode: ContentMode) -> Changed { Changed() }
    public func onAppear(perform: @escaping @MainActor () -> Void) -> Changed { Changed() }
    public func onDisappear(perform: @escaping @MainActor () -> Void) -> Changed { Changed() }
    public func ignoresSafeArea() -> Changed { Changed() }
    public func textFieldStyle(_ style: RoundedBorderStyle) -> Changed { Changed() }
    public func keyboardType(_ type: UIKeyboardType) -> Changed { Changed() }
    public func autocorrectionDisabled(_ disabled: Bool = true) -> Changed { Changed() }
    public func textInputAutocapitalization(_ wish: TextInputAutocapitalization?) -> Changed { Changed() }
    public func accessibilityLabel(_ label: some StringProtocol) -> Changed { Changed() }
    public func accessibilityIdentifier(_ id: String) -> Changed { Changed() }
    public func id<Value: Hashable>(_ value: Value) -> Changed { Changed() }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> Changed { Changed() }
    public func accessibilityElement(children: AccessibilityChildBehavior) -> Changed { Changed() }
    public func environment<Value>(_ path: WritableKeyPath<EnvironmentValues, Value>, _ value: Value) -> Changed { Changed() }
    public func onChange<Value: Equatable>(of value: Value, perform: @escaping (Value) -> Void) -> Changed { Changed() }
}
