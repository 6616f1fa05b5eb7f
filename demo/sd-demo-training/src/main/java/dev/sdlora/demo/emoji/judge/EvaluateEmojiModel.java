package dev.sdlora.demo.emoji.judge;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.Nouns;
import dev.sdlora.demo.emoji.Style;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Measures how often the bundled model's images match their prompts, and writes sheets of images.
 * The judge is a small network that is first trained on drawn images, on which its accuracy is
 * printed.
 *
 * <p>Arguments: the checkpoint, the output folder, which also stores the judge's network, a folder
 * for downloaded packages, the fraction of all prompts to use (default 1).
 */
public final class EvaluateEmojiModel implements AutoCloseable {
  private static final int COMMON = 200;
  private static final int STEPS = 8000;
  private static final int VIEWS_OF_EACH = 3;
  private static final int CONFUSIONS = 15;
  private static final long SEED = 2026;

  private final Path folder;
  private final double share;
  private final Drawings drawings;
  private final NounClassifier classifier;
  private final Set<Integer> common;
  private final List<Question> questions;

  private EvaluateEmojiModel(Path folder, Path cache, double share) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.share = share;
    Nouns nouns = Nouns.read(cache);
    this.drawings = Drawings.read(cache, Style.FLAT);
    Kinds kinds = new Kinds(nouns.all(), drawings);
    DrawnSceneSource scenes = DrawnSceneSource.of(nouns, drawings, new SplittableRandom(SEED));
    List<Noun> commonest = nouns.commonest(COMMON);
    this.common = commonest.stream().map(kinds::of).collect(Collectors.toSet());
    this.questions = new Questions(nouns.all(), commonest, scenes).all(share);
    Views views = new Views(kinds, scenes);
    SimilarKinds alike = SimilarKinds.of(kinds);
    this.classifier =
        new NounTraining(kinds, views, NounTraining.config(kinds), STEPS)
            .open(this.folder.resolve("judge.safetensors"), alike);
    System.out.println("drawings that count as one, because they hardly differ:");
    alike.words().forEach(words -> System.out.println("  " + words));
    System.out.println(HeldOutViews.of(classifier, views, VIEWS_OF_EACH).lines(CONFUSIONS));
  }

  /** Evaluates a checkpoint. */
  public static void main(String[] args) throws IOException {
    if (args.length < 3) {
      System.err.println("usage: EvaluateEmojiModel CHECKPOINT FOLDER CACHE [SHARE]");
      System.exit(2);
    }
    double share = args.length > 3 ? Double.parseDouble(args[3]) : 1;
    try (EvaluateEmojiModel evaluation =
            new EvaluateEmojiModel(Path.of(args[1]), Path.of(args[2]), share);
        Pipeline pipeline =
            Pipeline.builder()
                .precision(Precision.FLOAT32)
                .checkpoint(Checkpoint.open(Path.of(args[0])))
                .build()) {
      System.out.println("drawn by a program, which shows how reliable the judge is:");
      evaluation.examine(new Painter(evaluation.drawings), "painted.png");
      ModelArtist artist = new ModelArtist(pipeline);
      System.out.println("drawn by the model:");
      evaluation.examine(artist, "prompts.png");
      evaluation.chosen(artist);
    }
  }

  private void examine(Artist artist, String png) {
    Examination examination = new Examination(classifier);
    System.out.println(examination.of(artist, questions, common).table());
    examination.sheet().write(folder.resolve(png));
  }

  /** Returns the fraction of a count, at least 1. */
  private long share(long count) {
    return Math.max(1, Math.round(share * count));
  }

  /** Generates prompts that people may type; they are not judged. */
  private void chosen(ModelArtist artist) throws IOException {
    LabelledImages sheet = new LabelledImages();
    List<String> prompts = chosenPrompts();
    for (String prompt : prompts.subList(0, (int) share(prompts.size()))) {
      sheet.add(artist.draw(ModelArtist.spec(prompt, SEED).build()), prompt, "");
    }
    sheet.write(folder.resolve("chosen.png"));
  }

  private static List<String> chosenPrompts() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    EvaluateEmojiModel.class.getResourceAsStream("chosen-prompts.txt")),
                StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> line.strip().toLowerCase(Locale.ROOT)).toList();
    }
  }

  @Override
  public void close() {
    classifier.close();
  }
}
