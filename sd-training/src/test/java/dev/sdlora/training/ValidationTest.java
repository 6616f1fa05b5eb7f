package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.training.data.HeldOut;
import dev.sdlora.training.option.ValidationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Held-out images: their loss, the stop when it rises, and the LoRA that is kept. */
@Timeout(600)
class ValidationTest {
  @TempDir private Path folder;

  private LoraTrainerBuilder trainer(String name, ValidationOptions options) {
    return Fixtures.trainer(folder.resolve(name + ".safetensors"))
        .name("discs")
        .steps(6)
        .validation(options);
  }

  /** A training that gets worse: the learning rate is far too high. */
  private LoraTrainerBuilder diverging(String name, int patience) {
    return trainer(name, new ValidationOptions(0.3, 1, patience)).learningRate(0.5).steps(40);
  }

  /** Collects the validation losses. */
  private static final class Recorder implements TrainingListener {
    private final List<ValidationLoss> losses = new ArrayList<>();
    private List<NoiseLevelLoss> levels = List.of();

    @Override
    public void validated(ValidationLoss loss) {
      losses.add(loss);
    }

    @Override
    public void noiseLevels(List<NoiseLevelLoss> losses) {
      levels = losses;
    }
  }

  @Test
  void train_withValidation_measuresAtIntervalsAndAtTheEnd() {
    Recorder recorder = new Recorder();
    TrainingResult result =
        trainer("a", new ValidationOptions(0.3, 4, 0)).listener(recorder).build().train();

    assertThat(recorder.losses).extracting(ValidationLoss::step).containsExactly(0, 4, 6);
    assertThat(recorder.losses).allSatisfy(loss -> assertThat(loss.loss()).isBetween(1e-3, 10.0));
    assertThat(result.validationLoss()).hasValue(recorder.losses.get(2).loss());
    assertThat(result.loraStep()).isEqualTo(6);
    assertThat(recorder.levels).hasSize(10);
    assertThat(recorder.levels.stream().mapToLong(NoiseLevelLoss::images).sum()).isEqualTo(6);
    assertThat(folder.resolve("a-best.safetensors")).doesNotExist();
  }

  @Test
  void train_sameAdapter_hasTheSameLossWhateverTheInterval() {
    Recorder often = new Recorder();
    Recorder seldom = new Recorder();
    trainer("a", new ValidationOptions(0.3, 1, 0)).listener(often).build().train();
    trainer("b", new ValidationOptions(0.3, 3, 0)).listener(seldom).build().train();

    assertThat(often.losses).containsAll(seldom.losses).hasSize(7);
  }

  @Test
  void train_lossRises_stopsAndKeepsTheLowest() throws IOException {
    Recorder recorder = new Recorder();
    TrainingResult result = diverging("a", 3).listener(recorder).saveEvery(1).build().train();

    List<ValidationLoss> trained = recorder.losses.subList(1, recorder.losses.size());
    ValidationLoss lowest =
        trained.stream().reduce((a, b) -> b.loss() < a.loss() ? b : a).orElseThrow();
    assertThat(result.cancelled()).isFalse();
    assertThat(result.steps()).isLessThan(40).isEqualTo(lowest.step() + 3);
    assertThat(result.loraStep()).isEqualTo(lowest.step());
    assertThat(result.validationLoss()).hasValue(lowest.loss());
    Path kept = folder.resolve(String.format(Locale.ROOT, "a-step%06d.safetensors", lowest.step()));
    assertThat(Files.readAllBytes(result.file())).isEqualTo(Files.readAllBytes(kept));
    assertThat(TensorFile.open(result.file()).metadata())
        .containsEntry("ss_steps", Integer.toString(lowest.step()))
        .containsEntry("ss_num_train_images", "2");
    assertThat(folder.resolve("a-best.safetensors")).doesNotExist();
    assertThat(folder.resolve("a.training-state.safetensors")).doesNotExist();
  }

  @Test
  @Tag("slow")
  void train_cancelledAndResumed_givesTheSameBytesAsInOneGo() throws IOException {
    Recorder whole = new Recorder();
    TrainingResult once = diverging("b", 3).listener(whole).build().train();
    // The first stop is before, the second after the lowest loss.
    for (int step : List.of(Math.max(1, once.loraStep() - 1), once.loraStep() + 1)) {
      String name = "a" + step;
      TrainingResult stopped = ResumeTest.trainWith(diverging(name, 3), step, LoraTrainer::cancel);
      assertThat(stopped.cancelled()).isTrue();
      Recorder recorder = new Recorder();
      TrainingResult resumed = diverging(name, 3).resume(true).listener(recorder).build().train();

      assertThat(Files.readAllBytes(resumed.file())).isEqualTo(Files.readAllBytes(once.file()));
      assertThat(resumed.loraStep()).isEqualTo(once.loraStep());
      assertThat(resumed.validationLoss()).isEqualTo(once.validationLoss());
      assertThat(whole.losses).endsWith(recorder.losses.toArray(ValidationLoss[]::new));
      assertThat(recorder.levels).isEqualTo(whole.levels);
    }
  }

  @Test
  void train_bestLoraIsGone_isRefusedOnResume() throws IOException {
    ResumeTest.trainWith(diverging("a", 9), 2, LoraTrainer::cancel);
    Files.delete(folder.resolve("a-best.safetensors"));

    assertThatThrownBy(() -> diverging("a", 9).resume(true).build().train())
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "LoRA '%s' with the lowest validation loss so far is missing; put it back, or start"
                + " over without resume",
            folder.resolve("a-best.safetensors"));
  }

  @Test
  void train_cancelledInTheLastMeasurement_measuresWhenResumed() {
    AtomicInteger ends = new AtomicInteger();
    TrainingResult stopped =
        ResumeTest.trainWith(
            trainer("a", new ValidationOptions(0.3, 100, 2)), 6, LoraTrainer::cancel);
    assertThat(stopped.cancelled()).isTrue();
    assertThat(stopped.file()).isEqualTo(folder.resolve("a-step000006.safetensors"));

    TrainingResult resumed =
        trainer("a", new ValidationOptions(0.3, 100, 2))
            .resume(true)
            .listener(
                new TrainingListener() {
                  @Override
                  public void validated(ValidationLoss loss) {
                    ends.set(loss.step());
                  }
                })
            .build()
            .train();
    assertThat(ends).hasValue(6);
    assertThat(resumed.cancelled()).isFalse();
    assertThat(resumed.file()).exists();
  }

  @Test
  void build_oneImage_isRefused() {
    TrainingSet one = TrainingSet.of(Fixtures.discs().examples().subList(0, 1));
    LoraTrainerBuilder builder = trainer("a", new ValidationOptions(0.1, 1, 0)).trainingSet(one);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("share of validation must leave at least one of the 1 images to train on: 0.1");
  }

  @Property
  void heldOut_anySet_leavesImagesOnBothSides(
      @ForAll @IntRange(min = 2, max = 300) int images,
      @ForAll @DoubleRange(min = 0.01, max = 0.4) double share,
      @ForAll long seed) {
    List<Integer> chosen = HeldOut.of(images, new ValidationOptions(share, 1, 0), seed);

    assertThat(chosen).isNotEmpty().doesNotHaveDuplicates().isSorted();
    assertThat(chosen).allMatch(index -> index >= 0 && index < images);
    assertThat((double) chosen.size()).isCloseTo(Math.max(1, share * images), within(0.5));
    assertThat(HeldOut.of(images, new ValidationOptions(share, 1, 0), seed)).isEqualTo(chosen);
  }

  @Test
  void heldOut_differentSeeds_chooseEveryImage() {
    ValidationOptions options = new ValidationOptions(0.1, 1, 0);
    List<Integer> chosen = new ArrayList<>();
    for (int seed = 0; seed < 200; seed++) {
      chosen.addAll(HeldOut.of(10, options, seed));
    }
    assertThat(chosen).hasSize(200).contains(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void history_textAndBack_isTheSame() {
    ValidationHistory history = new ValidationHistory();
    history.add(new ValidationLoss(0, 1 / 3.0));
    history.add(new ValidationLoss(5, 0.1));
    history.add(new ValidationLoss(10, 0.2));
    ValidationHistory other = new ValidationHistory();
    other.restore(history.text());

    assertThat(other.losses()).isEqualTo(history.losses());
    assertThat(other.lowest()).contains(new ValidationLoss(5, 0.1));
    assertThat(other.sinceLowest()).isEqualTo(1);
  }
}
