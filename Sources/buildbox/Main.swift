import CommandLineInterface

@main
enum Main {
    static func main() async { await Program.main() }
}
