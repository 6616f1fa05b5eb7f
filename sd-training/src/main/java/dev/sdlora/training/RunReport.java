package dev.sdlora.training;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.tensors.io.ReplacedFile;
import dev.sdlora.training.report.BarTable;
import dev.sdlora.training.report.FirstWeight;
import dev.sdlora.training.report.HtmlPage;
import dev.sdlora.training.report.InlineImage;
import dev.sdlora.training.report.LineChart;
import dev.sdlora.training.report.LossPlot;
import dev.sdlora.training.report.Losses;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The report of a training run, an HTML page.
 *
 * @param words the settings as in the state file, by name
 */
record RunReport(
    Settings settings,
    TrainingPlan plan,
    TrainingResult result,
    Losses losses,
    List<NoiseLevelLoss> noiseLevels,
    List<ValidationLoss> validation,
    Map<String, String> words) {

  /** More points than this are shown as a line alone. */
  private static final int MOST_POINTS = 2000;

  private static final int MOST_CAPTIONS = 200;

  /**
   * Writes the report, replacing an existing file only when everything is written.
   *
   * @throws TrainingException if it cannot be written
   */
  void write(Path file) {
    byte[] page = page().text().getBytes(StandardCharsets.UTF_8);
    try {
      ReplacedFile.write(file, channel -> Channels.newOutputStream(channel).write(page));
    } catch (IOException e) {
      throw new TrainingException(
          "report '%s' cannot be written: %s".formatted(file, FileReason.of(e)),
          ErrorDetails.in(file),
          e);
    }
  }

  private HtmlPage page() {
    HtmlPage page = new HtmlPage("Training of " + settings.outputs().name());
    page.paragraph(summary());
    Optional<LoraEffect> effect = effect();
    weight(page, effect);
    loss(page);
    noiseLevels(page);
    validation(page);
    samples(page);
    blocks(page, effect);
    plan(page);
    settings(page);
    captions(page);
    return page;
  }

  private String summary() {
    String ending = "Finished after %s steps".formatted(result.steps());
    if (result.cancelled()) {
      ending =
          "Stopped at step %s of %s; it can be resumed"
              .formatted(result.steps(), settings.recipe().steps());
    } else if (result.steps() < settings.recipe().steps()) {
      ending =
          "Ended by validation at step %s of %s"
              .formatted(result.steps(), settings.recipe().steps());
    }
    String kept =
        result.loraStep() == result.steps()
            ? ""
            : ", with the LoRA of step %s, whose validation loss is the lowest"
                .formatted(result.loraStep());
    return "%s in %s%s: %s. Checkpoint: %s."
        .formatted(
            ending,
            text(result.duration()),
            kept,
            result.file(),
            settings.checkpoint().path().getFileName());
  }

  private Optional<LoraEffect> effect() {
    try {
      return Optional.of(LoraAdapter.open(result.file()).effectOn(settings.checkpoint()));
    } catch (StableDiffusionException e) {
      return Optional.empty();
    }
  }

  private static void weight(HtmlPage page, Optional<LoraEffect> effect) {
    page.heading("Weight to begin with");
    if (effect.isEmpty()) {
      page.paragraph("1, the weight of the training; the effect of the LoRA cannot be measured.");
      return;
    }
    FirstWeight weight = FirstWeight.of(effect.get().blocks());
    page.large(Decimals.text(weight.weight())).note(weight.reason());
  }

  private void loss(HtmlPage page) {
    float[] values = losses.values();
    page.heading("Loss");
    page.paragraph(
        "%s in the first tenth of the steps, %s in the last."
            .formatted(loss(result.firstLoss()), loss(result.lastLoss())));
    double[] means = LossPlot.runningMeans(values, Losses.WINDOW);
    double[] steps = IntStream.rangeClosed(1, values.length).asDoubleStream().toArray();
    LineChart chart =
        new LineChart("The loss over the steps", values.length, 0, LossPlot.axisEnd(values));
    if (values.length <= MOST_POINTS) {
      chart.points(steps, IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray());
    }
    int every = 1 + values.length / MOST_POINTS;
    int[] shown = IntStream.range(0, values.length).filter(i -> i % every == 0).toArray();
    chart.line(
        IntStream.of(shown).mapToDouble(i -> steps[i]).toArray(),
        IntStream.of(shown).mapToDouble(i -> means[i]).toArray(),
        true);
    page.chart(chart)
        .note(
            "The loss of each step (points) and its mean over %s steps (line). Steps differ mostly by their random noise level."
                .formatted(Losses.WINDOW));
  }

  private void noiseLevels(HtmlPage page) {
    page.heading("Loss by noise level");
    BarTable chart = new BarTable("Noise", List.of("all steps", "recent"), RunReport::loss);
    for (NoiseLevelLoss level : noiseLevels) {
      chart.row(
          "%s to %s %%".formatted(Math.round(100 * level.from()), Math.round(100 * level.to())),
          List.of(level.mean(), level.recent()));
    }
    page.chart(chart)
        .note(
            "0 % is a clean image, 100 % pure noise; recent is the mean of about the last 20 images"
                + " of a range. Composition is learned at high noise, detail at low noise.");
  }

  private void validation(HtmlPage page) {
    if (validation.isEmpty()) {
      return;
    }
    page.heading("Validation");
    double[] values = validation.stream().mapToDouble(ValidationLoss::loss).toArray();
    double[] steps = validation.stream().mapToDouble(ValidationLoss::step).toArray();
    DoubleSummaryStatistics range = DoubleStream.of(values).summaryStatistics();
    double margin = Math.max(1e-4, (range.getMax() - range.getMin()) / 10);
    LineChart chart =
        new LineChart(
                "The loss on held-out images",
                losses.count(),
                range.getMin() - margin,
                range.getMax() + margin)
            .line(steps, values, false);
    result.validationLoss().ifPresent(loss -> chart.mark(result.loraStep(), loss));
    page.chart(chart)
        .note(
            "The loss on held-out images (%s of them) at fixed noise, not from 0; the large point is the LoRA in the file. If it rises while the loss above falls, the LoRA learns its images by heart."
                .formatted(settings.heldOut().size()));
  }

  private void samples(HtmlPage page) {
    Outputs outputs = settings.outputs();
    List<Integer> steps =
        outputs.sampleEvery() == 0
            ? List.of()
            : IntStream.rangeClosed(1, result.steps() / outputs.sampleEvery())
                .map(i -> i * outputs.sampleEvery())
                .filter(step -> Files.exists(outputs.sample(step, 1)))
                .boxed()
                .toList();
    if (steps.isEmpty()) {
      return;
    }
    page.heading("Samples");
    int first = 1;
    for (int i = 0; i < outputs.samples().size(); i++) {
      int images = outputs.imagesOf(i);
      List<String> columns = new ArrayList<>();
      for (int column = 0; column < images; column++) {
        columns.add(
            outputs.hasSheets()
                ? "weight " + Decimals.text(outputs.sampleWeights().get(column))
                : "image " + (column + 1));
      }
      List<List<Optional<String>>> rows = new ArrayList<>();
      for (int step : steps) {
        int from = first;
        rows.add(
            IntStream.range(0, images)
                .mapToObj(column -> InlineImage.of(outputs.sample(step, from + column)))
                .toList());
      }
      page.subheading(outputs.samples().get(i).prompt());
      page.images("", columns, steps.stream().map(step -> "step " + step).toList(), rows);
      first += images;
    }
  }

  private static void blocks(HtmlPage page, Optional<LoraEffect> effect) {
    if (effect.isEmpty() || !effect.get().changesAnything()) {
      return;
    }
    page.heading("Effect by block");
    effect
        .get()
        .byPart()
        .forEach(
            (part, sum) -> {
              BarTable chart = new BarTable("Block", List.of("change"), share -> percent(share));
              effect.get().blocks().stream()
                  .filter(block -> block.part() == part)
                  .forEach(block -> chart.row(block.name(), List.of(block.relative())));
              page.subheading("%s: %s".formatted(part.label(), percent(sum.relative())));
              page.chart(chart);
            });
    page.note("The size of the change at weight 1 as a share of the changed weights.");
  }

  private void plan(HtmlPage page) {
    page.heading("Plan");
    page.table(
        List.of(),
        plan.texts().entrySet().stream()
            .map(text -> List.of(text.getKey(), text.getValue()))
            .toList());
    page.list(plan.warnings());
  }

  private void settings(HtmlPage page) {
    page.heading("Settings");
    List<List<String>> rows = new ArrayList<>();
    words.forEach(
        (name, value) -> rows.add(List.of(name.replaceFirst("^setting\\.", ""), readable(value))));
    page.table(List.of(), rows);
  }

  /** The text of a record without names of types and other words of Java. */
  static String readable(String value) {
    return value
        .replaceAll("Optional(?:Int|Double)?\\.empty", "none")
        .replaceAll("Optional(?:Int|Double)?\\[([^\\[\\]]*)\\]", "$1")
        .replaceAll("^[A-Z]\\w*\\[(.*)\\]$", "$1")
        .replaceAll("\\b[A-Z]\\w*\\[([^\\[\\]]*)\\]", "($1)");
  }

  private void captions(HtmlPage page) {
    List<TrainingExample> examples = settings.set().examples();
    if (examples.isEmpty()) {
      return;
    }
    page.heading("Images and captions");
    page.details(
        examples.size() > MOST_CAPTIONS
            ? "The first %s of %s captions".formatted(MOST_CAPTIONS, examples.size())
            : "All %s captions".formatted(examples.size()),
        List.of("Image", "Caption"),
        examples.stream()
            .limit(MOST_CAPTIONS)
            .map(example -> List.of(example.name(), example.caption()))
            .toList());
  }

  private static String loss(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.3g %%", 100 * share);
  }

  private static String text(Duration time) {
    return PlanText.text(time);
  }
}
