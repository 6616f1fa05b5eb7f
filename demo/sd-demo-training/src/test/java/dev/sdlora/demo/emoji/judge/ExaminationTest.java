package dev.sdlora.demo.emoji.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.judge.Question.About;
import dev.sdlora.demo.scratch.ClassifierConfig;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A judge that has learned eight nouns, about right and wrong images. */
final class ExaminationTest {
  private static final int STEPS = 150;

  @TempDir static Path folder;

  private static final Kinds KINDS = new Kinds(TinySet.NOUNS, TinySet.drawings());
  private static final SimilarKinds ALIKE = SimilarKinds.of(KINDS);
  private static final Views VIEWS = new Views(KINDS, TinySet.scenes());
  private static final List<Question> QUESTIONS = TinySet.questions();
  private static NounClassifier classifier;

  private final Painter painter = new Painter(TinySet.drawings());

  @BeforeAll
  static void train() {
    classifier = training().open(folder.resolve("judge.safetensors"), ALIKE);
  }

  private static NounTraining training() {
    ClassifierConfig small =
        new ClassifierConfig(Cutter.SIDE, List.of(16, 32, 48), 64, KINDS.size());
    return new NounTraining(KINDS, VIEWS, small, STEPS);
  }

  @AfterAll
  static void close() {
    classifier.close();
  }

  @Test
  void heldOutViews_afterAFewSteps_nearlyAllRight() {
    HeldOutViews views = HeldOutViews.of(classifier, VIEWS, 8);
    assertThat(views.right()).isGreaterThan(0.93);
    assertThat(views.lines(3)).startsWith("the judge on 128 drawn things");
  }

  @Test
  void open_trainedBefore_fileStaysAsItIs() throws IOException {
    Path copy = folder.resolve("copy.safetensors");
    Files.copy(folder.resolve("judge.safetensors"), copy);
    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(copy, longAgo);
    training().open(copy, ALIKE).close();
    assertThat(Files.getLastModifiedTime(copy)).isEqualTo(longAgo);
  }

  @Test
  void scores_paintedAsAsked_nearlyAllRight() {
    Examination examination = new Examination(classifier);
    Scores scores = examination.of(painter, QUESTIONS, common());
    assertThat(scores.nouns()).isGreaterThan(0.9);
    assertThat(scores.commonNouns()).isGreaterThan(0.9);
    assertThat(scores.amongTop()).isEqualTo(1);
    assertThat(scores.tintedNouns()).isGreaterThan(0.9);
    assertThat(scores.grounds()).isEqualTo(1);
    assertThat(scores.colours()).isGreaterThan(0.95);
    assertThat(scores.pairs()).isGreaterThan(0.8);
    assertThat(scores.counts()).isGreaterThan(0.8);
    assertThat(scores.table()).contains("colour of the ground", "100.0 %  at least 95 %");
  }

  @Test
  void scores_otherNounsPainted_nounsWrongAndGroundsRight() {
    Artist wrong = question -> painter.draw(with(question, true));
    Scores scores = new Examination(classifier).of(wrong, QUESTIONS, common());
    assertThat(scores.nouns()).isLessThan(0.1);
    assertThat(scores.pairs()).isLessThan(0.1);
    assertThat(scores.counts()).isLessThan(0.2);
    assertThat(scores.grounds()).isEqualTo(1);
  }

  @Test
  void scores_sidesTurned_wrongOnlyWherePromptsTellThem() {
    Artist turned = question -> painter.draw(with(question, false));
    List<Question> pairs =
        QUESTIONS.stream().filter(question -> question.about() == About.PAIR).toList();
    List<Question> sided = pairs.stream().filter(Question::namesSides).toList();
    assertThat(sided).isNotEmpty();
    assertThat(new Examination(classifier).of(turned, sided, common()).pairs()).isZero();
    List<Question> besides =
        pairs.stream()
            .filter(question -> question.scene().place().across() < 0)
            .map(
                question ->
                    new Question(
                        question.about(), question.scene(), "a this and a that", question.seed()))
            .toList();
    assertThat(new Examination(classifier).of(turned, besides, common()).pairs())
        .isEqualTo(new Examination(classifier).of(painter, besides, common()).pairs())
        .isPositive();
  }

  /** The same question about other nouns, or about things that have changed places. */
  private static Question with(Question question, boolean other) {
    DrawnScene scene = question.scene();
    List<DrawnThing> things = new ArrayList<>();
    for (DrawnThing thing : scene.things()) {
      Noun noun = TinySet.NOUNS.get((TinySet.NOUNS.indexOf(thing.noun()) + 1) % 8);
      things.add(other ? thing.withNoun(noun) : thing);
    }
    DrawnScene changed = other ? scene.withThings(things) : scene;
    if (!other && scene.isPair()) {
      changed = scene.withPlace(scene.place().opposite());
    }
    return new Question(question.about(), changed, question.prompt(), question.seed());
  }

  @Test
  void sheet_wrongPicture_framedInRed() throws IOException {
    LabelledImages sheet = new LabelledImages();
    BufferedImage picture = painter.draw(QUESTIONS.get(0));
    sheet.add(picture, "a prompt of some words that do not fit into one line", "");
    int clean = red(sheet, "clean.png");
    sheet.add(picture, "a prompt of some words that do not fit into one line", "a house");
    assertThat(red(sheet, "marked.png")).isGreaterThan(2 * clean + 1000);
  }

  private static int red(LabelledImages sheet, String name) throws IOException {
    Path png = folder.resolve(name);
    sheet.write(png);
    BufferedImage image = ImageIO.read(png.toFile());
    int width = image.getWidth();
    return (int)
        IntStream.range(0, width * image.getHeight())
            .filter(i -> (image.getRGB(i % width, i / width) & 0xffffff) == 0xff0000)
            .count();
  }

  private static Set<Integer> common() {
    return TinySet.NOUNS.stream().map(KINDS::of).collect(Collectors.toSet());
  }

  @Test
  void lookAlikes_drawingThatHardlyDiffers_oneGroup() {
    List<Noun> nouns = new ArrayList<>(TinySet.NOUNS);
    nouns.add(TinySet.PUSSYCAT);
    Kinds kinds = new Kinds(nouns, TinySet.drawings());
    SimilarKinds alike = SimilarKinds.of(kinds);
    assertThat(alike.words()).containsExactly("cat = pussycat");
    assertThat(alike.areSame(kinds.of(TinySet.PUSSYCAT), kinds.of(TinySet.NOUNS.get(7)))).isTrue();
    assertThat(ALIKE.words()).isEmpty();
  }
}
