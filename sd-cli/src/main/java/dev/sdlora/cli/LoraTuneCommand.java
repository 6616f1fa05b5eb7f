package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.api.grid.LoraTuning;
import dev.sdlora.api.grid.LoraTuning.Figures;
import dev.sdlora.api.grid.LoraTuning.Proposal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd lora tune}: which weight a LoRA is best used with. */
@Command(
    name = "tune",
    customSynopsis = "sd lora tune [OPTIONS] LORA --prompts FILE",
    description = {
      "Draw prompts at several weights of a LoRA, measure what it does to them, and propose"
          + " weights.",
      "EFFECT is how far pictures move, DAMAGE how much colours, clipping or edges run away: from"
          + " 1",
      "on it shows. It is a proposal; look at the sheet.",
      "",
      "Example:",
      "  sd lora tune ink_lines --prompts prompts.txt -o ink.png --write"
    })
@Heading("What to write")
final class LoraTuneCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final Console console = new Console();

  @Parameters(paramLabel = "LORA", description = LoraFolders.HELP)
  private String name = "";

  @Option(
      names = "--prompts",
      required = true,
      paramLabel = "FILE",
      description =
          "Text file with a prompt a line, with trigger words; empty lines and those that begin"
              + " with # do not count.")
  private Path prompts = Path.of("");

  @Option(
      names = "--weights",
      split = ",",
      paramLabel = "N",
      description = "Weights to try, rising. Default: 0.2,0.4 and so on up to 2.")
  private List<Double> weights = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the first prompt; the next ones count up. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--steps", paramLabel = "N", description = "Sampling steps. Default: 20.")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Width and height in pixels. Default: the model's own.")
  private Optional<ImageSize> size = Optional.empty();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      defaultValue = "tune.png",
      description = "PNG to write, the sheet. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("tune.png");

  @Option(
      names = "--write",
      description =
          "Write the preferred weight into LORA.json beside the file, where A1111 looks for it;"
              + " what else stands there stays.")
  private boolean write;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Override
  public Integer call() {
    LoraAdapter lora = LoraReference.open(name, model.loraFolders(), console);
    LoraTuning tuning = LoraTuning.of(lora, specs());
    if (!weights.isEmpty()) {
      tuning = tuning.weights(weights.stream().mapToDouble(Double::doubleValue).toArray());
    }
    Path file = new OutputFiles(out, 1).of(0);
    LoraTuning.Result result;
    try (Pipeline pipeline = model.load(model.open(console), console)) {
      result = tuning.draw(pipeline, new CellProgress(console, quiet, tuning.pictures()));
    }
    result.sheet().savePng(file);
    boolean written = write && result.proposal().isPresent();
    if (written) {
      lora.writePreferredWeight(result.proposal().get().preferred());
    }
    if (console.json()) {
      console.out().println(Json.line(toJson(lora, result, file, written)));
    } else {
      print(lora, result, file, written);
    }
    return 0;
  }

  private List<PromptSpec> specs() {
    List<String> lines;
    try {
      lines =
          Files.readAllLines(prompts).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException(
          "--prompts: '%s' cannot be read: %s".formatted(prompts, e.getMessage()), e);
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("--prompts: '%s' has no prompt".formatted(prompts));
    }
    return IntStream.range(0, lines.size()).mapToObj(i -> spec(lines.get(i), seed + i)).toList();
  }

  private PromptSpec spec(String prompt, long ownSeed) {
    PromptSpecBuilder spec =
        model.open(console).defaults().toBuilder().prompt(prompt).seed(ownSeed);
    OptionValue.set("--steps", steps, spec::steps);
    size.ifPresent(spec::size);
    return spec.build();
  }

  private void print(LoraAdapter lora, LoraTuning.Result result, Path file, boolean written) {
    Table table = new Table(">WEIGHT", ">EFFECT", ">COLOUR", ">CLIPPED", ">EDGES", ">DAMAGE");
    for (Figures each : result.figures()) {
      table.row(
          text("%.2f", each.weight()),
          text("%.3f", each.effect()),
          text("× %.2f", each.saturation()),
          text("%+.1f %%", 100 * each.clipped()),
          text("× %.2f", each.edges()),
          text("%.2f", each.damage()));
    }
    table.print(console.out());
    console.out().println(sentence(lora, result.proposal(), written));
    console.out().println(file);
  }

  private static String text(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }

  private static String sentence(LoraAdapter lora, Optional<Proposal> proposal, boolean written) {
    return proposal
        .map(
            range ->
                String.format(
                    Locale.ROOT,
                    "%s: good from %.2f to %.2f, preferred %.2f%s",
                    lora.name(),
                    range.from(),
                    range.to(),
                    range.preferred(),
                    written ? "; written beside the file" : ""))
        .orElse(
            lora.name()
                + ": nothing to propose: it changes nothing in these prompts, or the least weight"
                + " does damage");
  }

  private static ObjectNode toJson(
      LoraAdapter lora, LoraTuning.Result result, Path file, boolean written) {
    ObjectNode json = Json.object();
    json.put("name", lora.name());
    json.put("file", file.toString());
    result
        .proposal()
        .ifPresent(
            range ->
                json.put("from", range.from())
                    .put("to", range.to())
                    .put("preferred", range.preferred()));
    json.put("written", written);
    ArrayNode figures = json.putArray("figures");
    for (Figures each : result.figures()) {
      figures
          .addObject()
          .put("weight", each.weight())
          .put("effect", each.effect())
          .put("saturation", each.saturation())
          .put("clipped", each.clipped())
          .put("edges", each.edges())
          .put("damage", each.damage());
    }
    return json;
  }
}
