package dev.sdlora.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sd lora list}: the LoRAs of some folders. */
@Command(
    name = "list",
    description = "List the LoRAs in folders, and the files that cannot be used.")
final class LoraListCommand implements Runnable {
  @Mixin private final Console console = new Console();

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders; those inside count too.")
  private List<Path> folders = List.of();

  @Override
  public void run() {
    LoraLibrary library = LoraLibrary.open(folders);
    if (console.json()) {
      console.out().println(Json.line(toJson(library)));
    } else {
      print(library);
    }
  }

  private static ObjectNode toJson(LoraLibrary library) {
    ObjectNode json = Json.object();
    ArrayNode loras = json.putArray("loras");
    for (LoraAdapter lora : library.list()) {
      ObjectNode entry = loras.addObject();
      entry.put("name", lora.name());
      lora.alias().ifPresent(alias -> entry.put("alias", alias));
      entry.put("family", lora.family().label());
      entry.put("modules", lora.modules());
      entry.put("rank", lora.rank());
      entry.put("bytes", lora.path().toFile().length());
      entry.put("path", lora.path().toString());
    }
    ArrayNode unreadable = json.putArray("unreadable");
    library
        .unreadable()
        .forEach(
            (path, reason) ->
                unreadable.addObject().put("path", path.toString()).put("reason", reason));
    return json;
  }

  private void print(LoraLibrary library) {
    String columns = "%-32s %-7s %7s %5s %9s  %s%n";
    console.out().printf(columns, "NAME", "FAMILY", "MODULES", "RANK", "MB", "ALIAS");
    for (LoraAdapter lora : library.list()) {
      console
          .out()
          .printf(
              columns,
              lora.name(),
              lora.family().label(),
              lora.modules(),
              lora.rank(),
              "%.1f".formatted(lora.path().toFile().length() / 1e6),
              lora.alias().orElse(""));
    }
    for (Map.Entry<Path, String> file : library.unreadable().entrySet()) {
      console.out().println("cannot be used: " + file.getKey() + ": " + file.getValue());
    }
  }
}
