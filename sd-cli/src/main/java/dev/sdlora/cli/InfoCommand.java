package dev.sdlora.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.StableDiffusionException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd info}: what files are, and the machine. */
@Command(
    name = "info",
    description =
        "Say what files are: checkpoints, LoRAs, embeddings, pictures and other networks; or, with"
            + " --device, what this machine computes with. With --json one object a line. A file"
            + " that cannot be read does not stop the rest; the exit code is 1 then.")
final class InfoCommand implements Runnable {
  @Mixin private final Console console = new Console();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      arity = "0..1",
      fallbackValue = "cpu",
      description =
          "Say what pipelines find on a device: cpu, the default, or gpu, gpu:1 …: instructions,"
              + " threads, memory, and which number format --precision auto chooses there and why.")
  private Optional<String> device = Optional.empty();

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "Files or diffusers folders.")
  private List<Path> files = List.of();

  @Override
  public void run() {
    if (files.isEmpty() && device.isEmpty()) {
      throw console.badUsage("name a file, or --device");
    }
    device.ifPresent(name -> show(DeviceReport.of(DeviceInfo.of(name))));
    @Nullable StableDiffusionException last = null;
    for (Path file : files) {
      try {
        show(FileInfo.of(file));
      } catch (StableDiffusionException e) {
        if (last != null) {
          console.err().println("sd: " + last.getMessage());
        }
        last = e;
        if (console.json()) {
          show(Json.object().put("path", file.toString()).put("error", e.getMessage()));
        }
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private void show(ObjectNode info) {
    if (console.json()) {
      console.out().println(Json.line(info));
    } else {
      print(info, console.out());
    }
  }

  /** One line for each field; of an object only the names, of a list all values. */
  private static void print(ObjectNode info, PrintWriter out) {
    info.properties().forEach(field -> out.println(field.getKey() + ": " + text(field.getValue())));
    out.println();
  }

  private static String text(JsonNode value) {
    if (value instanceof ObjectNode object) {
      return String.join(", ", object.properties().stream().map(e -> e.getKey()).sorted().toList());
    }
    return value.isArray() ? value.toString() : value.asText();
  }
}
