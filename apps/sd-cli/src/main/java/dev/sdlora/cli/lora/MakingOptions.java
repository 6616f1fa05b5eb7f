package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.SkippedLayers;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.PeakMemory;
import dev.sdlora.cli.console.ProgressLine;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.report.Json;
import dev.sdlora.cli.report.OutputFiles;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options shared by all commands that write a LoRA or a checkpoint. */
@Heading("Output")
public final class MakingOptions {
  /** Number of skipped layers to print; JSON lists all. */
  private static final int NAMED = 3;

  @Mixin private final Console console = new Console();

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE",
      description = "File to write, .safetensors. Missing folders are created.")
  private Path out = Path.of("");

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  public Path out() {
    return out;
  }

  /** Makes a LoRA with progress on the terminal, and prints the result. */
  void lora(Function<MakingListener, CreatedLora> work) {
    Stopwatch watch = new Stopwatch();
    CreatedLora made = run(work);
    if (console.json()) {
      ObjectNode json = report(made.file(), watch);
      json.put("modules", made.modules());
      json.put("rank", made.rank());
      json.put("kept_energy", made.keptEnergy());
      ArrayNode leftOut = json.putArray("left_out");
      made.leftOut().forEach(left -> leftOut.add(toJson(left)));
      console.out().println(Json.line(json));
    } else {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s: %d modules, rank at most %d, %.2f %% of the change kept%n",
              made.file(),
              made.modules(),
              made.rank(),
              100 * made.keptEnergy());
      made.leftOut().forEach(this::print);
    }
  }

  private static ObjectNode toJson(SkippedLayers left) {
    ObjectNode json = Json.object();
    json.put("what", left.cause().label());
    option(left.cause()).ifPresent(option -> json.put("option", option));
    json.put("share", left.share());
    json.set("layers", Json.tree(left.layers()));
    return json;
  }

  private void print(SkippedLayers left) {
    int count = left.layers().size();
    String others = count > NAMED ? ", and %s others".formatted(count - NAMED) : "";
    console
        .out()
        .printf(
            Locale.ROOT,
            "skipped: %d changed %s, %.2f %% of the change; %s: %s%s%n",
            count,
            left.cause().label(),
            100 * left.share(),
            option(left.cause())
                .map(option -> option + " includes them")
                .orElse("no option includes them"),
            String.join(", ", left.layers().subList(0, Math.min(count, NAMED))),
            others);
  }

  /** Returns the change to the command line that includes these layers. */
  private static Optional<String> option(SkippedLayers.Cause cause) {
    return switch (cause) {
      case OUTSIDE_TRANSFORMERS -> Optional.of("--convolutions");
      case TEXT_ENCODER -> Optional.of("leaving out --no-text-encoder");
      case NO_FACTORS, OTHER_SHAPE -> Optional.empty();
    };
  }

  /** Creates the output folder and runs an operation with its progress. */
  public <T> T run(Function<MakingListener, T> work) {
    return run(console, quiet, out, work);
  }

  /** Creates the folder of a file and runs the operation that writes it with its progress. */
  public static <T> T run(
      Console console, boolean quiet, Path out, Function<MakingListener, T> work) {
    OutputFiles.makeFolder(out);
    Optional<ProgressLine> line = console.progress(quiet);
    if (line.isEmpty()) {
      return work.apply(MakingListener.NONE);
    }
    LayerProgress progress = new LayerProgress(line.get(), System::nanoTime);
    try {
      return work.apply(progress);
    } finally {
      progress.clear();
    }
  }

  public Console console() {
    return console;
  }

  /** Returns the JSON fields common to these commands. */
  public static ObjectNode report(Path file, Stopwatch watch) {
    ObjectNode json = Json.object();
    json.put("path", file.toString());
    json.put("bytes", file.toFile().length());
    json.put("seconds", watch.lap());
    PeakMemory.residentBytes().ifPresent(bytes -> json.put("peak_resident_bytes", bytes));
    return json;
  }

  /** The option for the dtype of the factors. */
  public static final class Format {
    @Option(
        names = "--format",
        paramLabel = "float16|bfloat16|float32",
        converter = Labels.class,
        description = "Dtype of the file. Default: float16, or the dtype of the input files.")
    private Optional<NumberFormat> format = Optional.empty();

    public Optional<NumberFormat> format() {
      return format;
    }
  }

  /** Parses dtypes by their labels. */
  static final class Labels implements ITypeConverter<NumberFormat> {
    @Override
    public NumberFormat convert(String text) {
      return Stream.of(NumberFormat.values())
          .filter(format -> format.label().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "must be float16, bfloat16 or float32: '" + text + "'"));
    }
  }

  /** The options for the rank of the factors. */
  static final class Ranks {
    @Option(
        names = "--rank",
        paramLabel = "N",
        description = "Rank of every layer; the maximum if --energy is given.")
    private Optional<Integer> rank = Optional.empty();

    @Option(
        names = "--energy",
        paramLabel = "SHARE",
        description =
            "Choose the smallest rank per layer that keeps this share of its change (sum of"
                + " squares), such as 0.9.")
    private Optional<Double> energy = Optional.empty();

    boolean isEmpty() {
      return rank.isEmpty() && energy.isEmpty();
    }

    /**
     * Sets the given ranks.
     *
     * @param largest the maximum rank if only the share is given
     */
    void applyTo(IntConsumer ranks, ObjIntConsumer<Double> shares, int largest) {
      OptionValue.set("--rank", rank, ranks::accept);
      OptionValue.set("--energy", energy, share -> shares.accept(share, rank.orElse(largest)));
    }
  }
}
