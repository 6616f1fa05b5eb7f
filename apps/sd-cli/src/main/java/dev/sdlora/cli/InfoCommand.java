package dev.sdlora.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.OptionWords;
import dev.sdlora.cli.model.FolderOptions;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.DeviceReport;
import dev.sdlora.cli.report.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd info}: describes files and the machine. */
@Command(
    name = "info",
    description = {
      "Describe checkpoints, LoRAs, embeddings, other networks and images, or this machine.",
      "",
      "For an image, also lists which of the files it was made with are in the given folders and"
          + " which are missing. With --json, prints one object per line. If a file cannot be read,"
          + " the others are still described and the exit code is 1.",
      "",
      "Examples:",
      "  sd info model.safetensors lora.safetensors",
      "  sd info image.png --lora-dir loras",
      "  sd info --device"
    })
final class InfoCommand implements Runnable {
  @Mixin private final Console console = new Console();
  @Mixin private final FolderOptions folders = new FolderOptions();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      arity = "0..1",
      fallbackValue = "auto",
      description =
          "Describe a device, cpu, gpu, gpu:1 … or mps, by default the best: the native libraries and their folder,"
              + " instructions, threads, memory, and the dtype that --precision auto chooses, with"
              + " the reason.")
  private Optional<String> device = Optional.empty();

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Files, diffusers folders, published models (see sd get), or names of bundled files, such"
              + " as zorp.")
  private List<String> files = List.of();

  @Override
  public void run() {
    if (files.isEmpty() && device.isEmpty()) {
      throw console.badUsage("specify a file or --device");
    }
    OptionValue.set("--device", device, name -> show(DeviceReport.find(name)));
    @Nullable StableDiffusionException last = null;
    for (String file : files) {
      try {
        show(FileInfo.of(PublishedFile.path(file, console), folders, console));
      } catch (StableDiffusionException e) {
        if (last != null) {
          console.fail(String.valueOf(last.getMessage()));
        }
        last = e;
        if (console.json()) {
          show(
              Json.object()
                  .put("path", file)
                  .put("error", OptionWords.in(String.valueOf(e.getMessage()))));
        }
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private void show(DeviceInfo info) {
    if (console.json()) {
      show(DeviceReport.of(info));
    } else {
      DeviceReport.print(info, console.out());
    }
  }

  private void show(ObjectNode info) {
    if (console.json()) {
      console.out().println(Json.line(info));
    } else {
      print(info, console.out());
    }
  }

  /** Prints a line for each field; of an object only the names, of a list all values. */
  private static void print(ObjectNode info, PrintWriter out) {
    info.properties()
        .forEach(
            field -> {
              if (field.getValue().path(0).isObject()) {
                field.getValue().forEach(item -> out.println(field.getKey() + ": " + line(item)));
              } else {
                out.println(field.getKey() + ": " + text(field.getValue()));
              }
            });
    out.println();
  }

  /** Returns the values of an object, such as a file of an image, on one line. */
  private static String line(JsonNode object) {
    return object.properties().stream()
        .map(field -> field.getValue().asText())
        .collect(Collectors.joining(" "));
  }

  private static String text(JsonNode value) {
    if (value instanceof ObjectNode object) {
      return String.join(", ", object.properties().stream().map(e -> e.getKey()).sorted().toList());
    }
    return value.isArray() ? value.toString() : value.asText();
  }
}
