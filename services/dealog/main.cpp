// The one binary: reads the command line and runs a sub-command.
#include <algorithm>
#include <cstdio>
#include <functional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "libs/base/invalid_input.hpp"
#include "libs/base/text.hpp"
#include "libs/eventlog/archive.hpp"
#include "services/dealog/commands/commands.hpp"

namespace {

using namespace dealog;

struct CommandLine {
  CLI::App app{"Dealog: event-sourced sales-pipeline automation", "dealog"};
  commands::Serve serve;
  commands::Verify verify;
  commands::Rebuild rebuild;
  commands::Check check;
  commands::Token token;
  commands::Demo demo;
  commands::Backup backup;
  commands::Import import;
  commands::Prune prune;
  commands::Backtest backtest;
  commands::Restore restore;
  commands::Archive archive{.segment_events = limits::kSegmentEvents};
  std::function<Result<int>()> chosen;

  template <class Arguments>
  CLI::App* add(const char* name, const char* help, Arguments& arguments) {
    CLI::App* command = app.add_subcommand(name, help);
    command->callback([this, &arguments] { chosen = [&] { return commands::run(arguments); }; });
    return command;
  }

  CommandLine() {
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("dealog ") + DEALOG_VERSION);
    add_serve();
    add_offline();
    add_backup();
    add_archive();
    add_prune();
    add_import();
    add_backtest();
    add_demo();
  }

  // Options are none of its business.
  bool knows(std::string_view word) const {
    const auto all = names();
    return word.starts_with('-') || std::ranges::find(all, word) != all.end();
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
      all.push_back(command->get_name());
    }
    return all;
  }

  int unknown_command(std::string_view word) const {
    std::fprintf(stderr, "%s\n",
                 fmt::format("dealog: there is no command {}; commands are: {}. "
                             "`dealog --help` says what they do",
                             quoted(word), fmt::join(names(), ", "))
                     .c_str());
    return commands::kWrongUse;
  }

  static void add_archive_folder(CLI::App* command, std::filesystem::path& folder) {
    command
        ->add_option("--archive", folder,
                     "Where the events lie that were dropped; by default where they did then")
        ->type_name("DIR");
  }

  // --help and --version come this way too.
  int wrong_use(const CLI::ParseError& error) const {
    if (error.get_exit_code() == 0) {
      app.exit(error);
      return commands::kDone;
    }
    const auto asked = app.get_subcommands();
    std::fprintf(stderr, "%s\n",
                 fmt::format("dealog: {}; `dealog {}--help` says how it is used", error.what(),
                             asked.empty() ? "" : asked.front()->get_name() + " ")
                     .c_str());
    return commands::kWrongUse;
  }

  static void add_data(CLI::App* command, std::filesystem::path& data) {
    command->add_option("--data", data, "Data folder")->required()->type_name("DIR");
  }

  static void add_key(CLI::App* command, std::string& key) {
    command
        ->add_option(
            "--key", key,
            "Key of the signed heads as GET /v1/log/head gave it; by default that among the keys")
        ->type_name("NAME+HASH+KEY");
  }

  void add_serve() {
    CLI::App* command = add("serve", "Run the service", serve);
    add_data(command, serve.data);
    command->add_option("--listen", serve.listen, "Address and port; port 0 takes a free one")
        ->type_name("HOST:PORT");
    command
        ->add_option("--regulation", serve.regulation,
                     "Sales regulation of a new company; a published one stays in force")
        ->type_name("FILE");
    command->add_flag("--accept-lost-keys", serve.accept_lost_keys,
                      "Go on for good without keys that the log names and the folder has lost: "
                      "what they seal reads as lost");
    command->add_option("--config", serve.config, "Settings, see deploy/dealog.toml")
        ->type_name("FILE");
  }

  void add_offline() {
    add_verify();
    CLI::App* rebuilding =
        add("rebuild", "Build the views anew and compare them with the old ones", rebuild);
    add_data(rebuilding, rebuild.data);
    add_archive_folder(rebuilding, rebuild.archive);
    add("check", "Whether a sales regulation is sound", check)
        ->add_option("REGULATION", check.regulation, "YAML file")
        ->required();
    CLI::App* command = add("token", "Issue an access token (service stopped)", token);
    add_data(command, token.data);
    command->add_option("--user", token.user, "Whose token; the first user's by default")
        ->type_name("usr_…");
    command->add_option("--right", token.rights,
                        "read, write, override, import, publish, admin, personal; all by default");
    command->add_option("--label", token.label, "What it is for");
    add_archive_folder(command, token.archive);
  }

  void add_verify() {
    CLI::App* command =
        add("verify", "Check a stopped data folder: gaps, versions, indexes, hashes", verify);
    add_data(command, verify.data);
    command
        ->add_option("--head", verify.heads,
                     "An earlier signed head that must still hold; may be repeated")
        ->type_name("FILE");
    add_key(command, verify.key);
    command
        ->add_option("--archive", verify.archive,
                     "Read the events that were dropped from this archive as well")
        ->type_name("DIR");
    command->add_flag("--accept-end", verify.accept_end,
                      "If all is sound, take the end that is there for the log's: says what is "
                      "given up, makes the watermark anew and begins a new epoch, so that earlier "
                      "signed heads prove the difference");
  }

  void add_backup() {
    CLI::App* command =
        add("backup", "Write a verified backup; the service may be running", backup);
    command->add_option("BACKUPS", backup.repository, "Folder of backups")
        ->required()
        ->type_name("DIR");
    auto* data = command->add_option("--data", backup.data, "Data folder")->type_name("DIR");
    command->add_option("--keep", backup.keep, "Remove all but the newest so many backups")
        ->check(CLI::Range(1, 1'000'000));
    auto* only_check =
        command->add_flag("--check", backup.check, "Check the backups there are instead");
    only_check->excludes(data);
    add_key(command, backup.key);
    command = add("restore", "Make a data folder out of a backup", restore);
    command->add_option("BACKUPS", restore.repository, "Folder of backups")
        ->required()
        ->type_name("DIR");
    command->add_option("DATA", restore.target, "Data folder to make")
        ->required()
        ->type_name("DIR");
    command->add_option("--backup", restore.backup, "Which one; the newest by default")
        ->type_name("ID");
    command->add_option("--to", restore.to, "Position or RFC 3339 time to go back to")
        ->type_name("POSITION|TIME");
    add_key(command, restore.key);
    command->add_option("--erasures", restore.erasures, "Further lists of erasures")
        ->type_name("FILE");
    add_archive_folder(command, restore.archive);
  }

  void add_archive() {
    CLI::App* command =
        add("archive",
            "Write the log into compressed segments that never change; what is there "
            "already is not written again; the service may be running",
            archive);
    command->add_option("ARCHIVE", archive.folder, "Folder of the archive")
        ->required()
        ->type_name("DIR");
    command
        ->add_option("--data", archive.data,
                     "Data folder; with --import the data folder or backup whose keys are copied")
        ->type_name("DIR");
    command->add_option("--until", archive.until, "Nothing that was recorded later")
        ->type_name("POSITION|TIME");
    command->add_option("--segment-events", archive.segment_events, "About so many in a segment")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000'000));
    command->add_flag("--verify", archive.verify, "Check every segment there is instead");
    add_key(command, archive.key);
    command->add_flag("--drop", archive.drop,
                      "Then take what the archive holds out of the log (service stopped); it is "
                      "read from the archive from then on");
    command->add_flag("--dry-run", archive.dry_run, "With --drop: only say what would be dropped");
    command->add_option("--import", archive.import_to, "Make a data folder of the archive instead")
        ->type_name("DATA");
  }

  void add_prune() {
    CLI::App* command = add("prune",
                            "Drop what is kept for a time only: raw bodies of deliveries whose "
                            "period is over (service stopped)",
                            prune);
    add_data(command, prune.data);
    command
        ->add_option("--config", prune.config,
                     "Settings, see [retention] in deploy/dealog.toml; without them 365 days")
        ->type_name("FILE");
    command
        ->add_option("--before", prune.before,
                     "Instead of the settings: what was received before that")
        ->type_name("TIME");
    command->add_flag("--dry-run", prune.dry_run, "Only say what would be dropped");
  }

  void add_import() {
    CLI::App* command =
        add("import", "Record history in bulk, also another CRM's (service stopped)", import);
    command
        ->add_option("WHAT FROM", import.words,
                     "[events] FILE: one event a line, in the form of GET /v1/events; - reads "
                     "standard input. amocrm|pipedrive|hubspot FOLDER: the answers of its API, a "
                     "file or more for each kind. csv FILE: a table of deals")
        ->required()
        ->expected(1, 2);
    command
        ->add_option("--source", import.source,
                     "Of an export: the source whose settings it is read with; by default the only "
                     "one of that provider")
        ->type_name("ID");
    command->add_flag("--dry-run", import.dry_run,
                      "Of an export: write nothing, say what is in it and what is odd");
    add_data(command, import.data);
  }

  void add_backtest() {
    CLI::App* command = add("backtest",
                            "What rules would have done over a past period (service stopped): "
                            "sends nothing, records nothing",
                            backtest);
    command->add_option("RULES", backtest.rules, "YAML: a list of rules, or a regulation's file")
        ->required()
        ->type_name("FILE");
    add_data(command, backtest.data);
    command->add_option("--from", backtest.from, "What was recorded from then on; a day is in UTC")
        ->required()
        ->type_name("TIME");
    command->add_option("--to", backtest.to, "Until then; now by default")->type_name("TIME");
    command
        ->add_option("--regulation", backtest.regulation,
                     "Another regulation: also say which real moves its gates would have refused")
        ->type_name("FILE");
    command->add_option("--pipeline", backtest.pipeline, "Of which the rules are");
    command->add_option("--list", backtest.list, "Name so many acts and moves")
        ->capture_default_str();
    command->add_flag("--json", backtest.json, "The whole result as POST /v1/rules/backtest gives");
    add_archive_folder(command, backtest.archive);
  }

  void add_demo() {
    CLI::App* command = add("demo", "Fill an empty data folder with a believable company", demo);
    add_data(command, demo.data);
    command
        ->add_option("--regulation", demo.regulation,
                     "Sales regulation; by default the web studio's, which is built in")
        ->type_name("FILE");
    command->add_option("--seed", demo.seed, "Same seed, same company")->capture_default_str();
    command->add_option("--deals", demo.deals)
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    command->add_option("--sellers", demo.sellers)
        ->capture_default_str()
        ->check(CLI::Range(1, 100));
    command->add_option("--months", demo.months)->capture_default_str()->check(CLI::Range(1, 60));
    command->add_option("--until", demo.until, "End of the story, RFC 3339; now by default");
  }
};

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  if (argc > 1 && !line.knows(argv[1])) return line.unknown_command(argv[1]);
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return line.wrong_use(error);
  }
  const auto result = line.chosen();
  if (result) return *result;
  std::fprintf(stderr, "dealog: %s\n", in_one_line(result.error()).c_str());
  return commands::exit_code(result.error());
}
