package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.TrainingSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd train}: a LoRA from images. */
@Command(
    name = "train",
    customSynopsis = "sd train [OPTIONS] PICTURES --trigger WORD --out FILE",
    description = {
      "Train a LoRA on a folder of pictures.",
      "",
      "The caption of cat1.png is the text of cat1.txt; pictures without one get the trigger word"
          + " alone. Beside FILE come a plot of the loss and sample pictures.",
      "",
      "Examples:",
      "  sd train cats --trigger mycat -o mycat.safetensors --checkpoint m.safetensors",
      "  sd train badges --trigger badge -o badge.safetensors --sample \"a badge\""
    })
@Heading("What to write")
final class TrainCommand implements Runnable {
  /** How many times samples are drawn in a training, unless the user says otherwise. */
  private static final int SAMPLES = 4;

  private static final String EXTENSION = ".safetensors";

  @Parameters(paramLabel = "PICTURES", description = "Folder with PNG and JPEG files.")
  private Path pictures = Path.of("");

  @Option(
      names = "--trigger",
      required = true,
      paramLabel = "WORD",
      description = "Word that calls what is trained; put in front of captions that lack it.")
  private String trigger = "";

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE",
      description = "LoRA to write; its name ends in .safetensors. Missing folders are made.")
  private Path out = Path.of("");

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description = "Checkpoint to train on. Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--sample",
      paramLabel = "PROMPT",
      description = "Draw this on the way; repeatable. Default: the first caption.")
  private List<String> samples = new ArrayList<>();

  @Option(
      names = "--sample-every",
      paramLabel = "N",
      description = "After how many steps. Default: a quarter of them.")
  private Optional<Integer> sampleEvery = Optional.empty();

  @Option(
      names = "--no-samples",
      description = "Draw nothing, which needs less memory: no second copy of the model.")
  private boolean noSamples;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Keep the LoRA and the state after each so many steps. Default: never.")
  private Optional<Integer> saveEvery = Optional.empty();

  @Option(names = "--resume", description = "Go on from the last saved state if there is one.")
  private boolean resume;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Mixin private final TrainingOptions how = new TrainingOptions();
  @Mixin private final Console console = new Console();

  @Override
  public void run() {
    Path model = PublishedFile.path(checkpoint, console).orElseGet(BundledModel::checkpoint);
    TrainingSet set = TrainingSet.ofFolder(pictures, trigger);
    LoraTrainerBuilder builder = LoraTrainer.recommended(model, set);
    how.applyTo(builder);
    OptionValue.set("--trigger", Optional.of(trigger), builder::triggerWord);
    OptionValue.set("--out", Optional.of(out), builder::output);
    OptionValue.set("--save-every", saveEvery, builder::saveEvery);
    Path plot = plot();
    TrainingProgressLine progress = new TrainingProgressLine(console, quiet);
    builder.resume(resume).lossPlot(plot).listener(progress);
    int steps = builder.build().steps(); // finds mistakes before the model is loaded
    Stopwatch watch = new Stopwatch();
    TrainingResult result =
        noSamples ? builder.build().train() : trainWithSamples(builder, model, set, steps);
    if (console.json()) {
      ObjectNode json = MakingOptions.report(result.file(), watch);
      json.put("steps", result.steps());
      json.put("first_loss", result.firstLoss());
      json.put("last_loss", result.lastLoss());
      json.put("cancelled", result.cancelled());
      json.put("loss_plot", plot.toString());
      progress.samples().forEach(json.putArray("samples")::add);
      console.out().println(Json.line(json));
    } else {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s: %d steps, loss %.4f at first and %.4f at last; see %s%n",
              result.file(),
              result.steps(),
              result.firstLoss(),
              result.lastLoss(),
              plot);
    }
  }

  private TrainingResult trainWithSamples(
      LoraTrainerBuilder builder, Path model, TrainingSet set, int steps) {
    Checkpoint opened = Checkpoint.open(model);
    try (Pipeline pipeline = ModelOptions.loadTold(Pipeline.builder(), opened, console)) {
      List<String> prompts = samples.isEmpty() ? List.of(set.examples().get(0).caption()) : samples;
      List<PromptSpec> specs = prompts.stream().map(prompt -> sample(opened, prompt)).toList();
      int every = sampleEvery.orElse(Math.max(1, steps / SAMPLES));
      OptionValue.set("--sample-every", Optional.of(every), n -> builder.samples(specs, n));
      return builder.pipeline(pipeline).build().train();
    }
  }

  private static PromptSpec sample(Checkpoint model, String prompt) {
    return model.defaults().toBuilder().prompt(prompt).seed(1).build();
  }

  private Path plot() {
    String name = String.valueOf(out.getFileName());
    String stem =
        name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
    return out.resolveSibling(stem + "-loss.png");
  }
}
