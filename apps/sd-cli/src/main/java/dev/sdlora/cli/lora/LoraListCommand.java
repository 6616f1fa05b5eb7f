package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Table;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.report.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd lora list}: lists the LoRAs in folders. */
@Command(
    name = "list",
    description = {
      "List the LoRAs in folders, and files that cannot be used.",
      "--text, --family and --trigger list only LoRAs that match all of them."
    })
final class LoraListCommand implements Runnable {
  /** Maximum number of trigger words in a row. */
  private static final int SHOWN_WORDS = 3;

  private static final int SHOWN_LETTERS = 80;

  @Mixin private final Console console = new Console();

  @Parameters(
      arity = "0..*",
      paramLabel = "DIR",
      description = "Folders, searched recursively. Default: that of the bundled LoRAs.")
  private List<Path> folders = List.of();

  @Option(
      names = "--text",
      paramLabel = "WORDS",
      description = "Words in the name, title, folder, trigger words or notes.")
  private String text = "";

  @Option(
      names = "--family",
      paramLabel = "sd1|sd2|sdxl|sdxl_refiner|unknown",
      description = "Model family to list, such as sdxl.")
  private Optional<ModelFamily> family = Optional.empty();

  @Option(names = "--trigger", paramLabel = "WORD", description = "Trigger word to search for.")
  private Optional<String> trigger = Optional.empty();

  @Option(names = "--triggers", description = "Show trigger words; slow with thousands of files.")
  private boolean triggers;

  @Override
  public void run() {
    LoraQuery query = LoraQuery.text(text);
    query = family.map(query::withFamily).orElse(query);
    query = trigger.map(query::withTrigger).orElse(query);
    LoraLibrary library =
        LoraLibrary.open(folders.isEmpty() ? List.of(BundledModel.loras()) : folders);
    List<LoraAdapter> loras = library.search(query);
    // A search does not report unreadable files.
    Map<Path, String> unreadable = query.equals(LoraQuery.ALL) ? library.unreadable() : Map.of();
    if (console.json()) {
      console.out().println(Json.line(toJson(loras, unreadable)));
    } else {
      print(loras, unreadable);
    }
  }

  private ObjectNode toJson(List<LoraAdapter> loras, Map<Path, String> unreadable) {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("loras");
    for (LoraAdapter lora : loras) {
      ObjectNode entry = list.addObject();
      entry.put("name", lora.name());
      lora.alias().ifPresent(alias -> entry.put("alias", alias));
      entry.put("family", lora.family().label());
      entry.set("kinds", Json.tree(lora.kinds()));
      entry.put("modules", lora.modules());
      entry.put("rank", lora.rank());
      lora.preferredWeight().ifPresent(weight -> entry.put("preferredWeight", weight));
      lora.description().ifPresent(text -> entry.put("description", text));
      entry.put("bytes", lora.path().toFile().length());
      entry.put("path", lora.path().toString());
      if (triggers) {
        entry.set(
            "triggerWords",
            Json.tree(lora.triggerWords().stream().map(TriggerWord::text).toList()));
      }
    }
    ArrayNode problems = json.putArray("unreadable");
    unreadable.forEach(
        (path, reason) -> problems.addObject().put("path", path.toString()).put("reason", reason));
    return json;
  }

  private void print(List<LoraAdapter> loras, Map<Path, String> unreadable) {
    Table table =
        new Table(
            "NAME",
            "FAMILY",
            "KIND",
            ">MODULES",
            ">RANK",
            ">MB",
            ">WEIGHT",
            "ALIAS",
            triggers ? "TRIGGER WORDS" : "",
            "DESCRIPTION");
    for (LoraAdapter lora : loras) {
      table.row(
          lora.name(),
          lora.family().label(),
          String.join(", ", lora.kinds()),
          lora.modules(),
          lora.rank(),
          String.format(Locale.ROOT, "%.1f", lora.path().toFile().length() / 1e6),
          lora.preferredWeight().stream().mapToObj(Double::toString).findFirst().orElse(""),
          lora.alias().filter(alias -> !alias.equals(lora.name())).orElse(""),
          triggers ? words(lora) : "",
          lora.description().map(LoraListCommand::firstLine).orElse(""));
    }
    table.print(console.out());
    unreadable.forEach(
        (path, reason) ->
            console
                .out()
                .println(
                    "cannot be used: "
                        + (reason.contains(path.toString()) ? reason : path + ": " + reason)));
  }

  /** Returns the first line of a description, shortened to fit a row. */
  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() <= SHOWN_LETTERS ? line : line.substring(0, SHOWN_LETTERS - 1) + "…";
  }

  private static String words(LoraAdapter lora) {
    return lora.triggerWords().stream()
        .limit(SHOWN_WORDS)
        .map(TriggerWord::text)
        .collect(Collectors.joining(", "));
  }
}
