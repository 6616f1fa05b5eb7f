package dev.sdlora.lora.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.patch.EveryKind.Target;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Random sequences of changes of all kinds, including files with NaN, files that can no longer be
 * read, and interrupts: the weights must be the sum of the changes or, bit for bit, the originals.
 */
class EveryKindTest {
  private static Path folder;
  private static List<TinyModel> models;
  private static List<EveryKind> sound;
  private static List<Target> spoiled;
  private static EveryKind unreadable;

  /** The failure in a step. */
  enum Trouble {
    NONE,
    NAN,
    UNREADABLE,
    INTERRUPT
  }

  /** A change: a module of a file. */
  record Pick(int file, int target, double strength, int limit) {}

  /** A plan and the failure while it is applied. */
  record Step(List<Pick> picks, Trouble trouble) {}

  @BeforeContainer
  static void load() throws IOException {
    folder = Files.createTempDirectory("kinds");
    models = new ArrayList<>();
    for (ScalarType type : ScalarType.values()) {
      models.add(new TinyModel(Files.createDirectory(folder.resolve(type.name())), type));
    }
    sound =
        List.of(
            new EveryKind(folder.resolve("one.safetensors"), 1, ""),
            new EveryKind(folder.resolve("two.safetensors"), 2, ""));
    spoiled = new ArrayList<>();
    for (Target target : sound.get(0).targets) {
      String tensor = usedTensors(target).get(0);
      Path path = folder.resolve("nan" + spoiled.size() + ".safetensors");
      EveryKind file = new EveryKind(path, 1, tensor);
      spoiled.add(file.targets.get(spoiled.size()));
    }
    Path gone = folder.resolve("gone.safetensors");
    unreadable = new EveryKind(gone, 3, "");
    Files.delete(gone);
  }

  /** The tensors of a module that affect the weight or bias. */
  private static List<String> usedTensors(Target target) {
    Set<Part> ofBias = EnumSet.of(Part.DIFF_B, Part.B_NORM);
    return target.module().parts().entrySet().stream()
        .filter(part -> ofBias.contains(part.getKey()) == target.weight().endsWith(".bias"))
        .map(part -> part.getValue().name())
        .toList();
  }

  @AfterContainer
  static void close() throws IOException {
    models.forEach(TinyModel::close);
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Provide
  Arbitrary<List<Step>> sequences() {
    int targets = sound.get(0).targets.size();
    Arbitrary<Pick> pick =
        Combinators.combine(
                Arbitraries.integers().between(0, 1),
                Arbitraries.integers().between(0, targets - 1),
                Arbitraries.of(-1.0, 0.3, 1.0, 2.5),
                Arbitraries.integers().between(0, 3))
            .as(Pick::new);
    Arbitrary<Trouble> trouble =
        Arbitraries.frequency(
            Tuple.of(5, Trouble.NONE),
            Tuple.of(1, Trouble.NAN),
            Tuple.of(1, Trouble.UNREADABLE),
            Tuple.of(1, Trouble.INTERRUPT));
    return Combinators.combine(pick.list().ofMaxSize(12), trouble)
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 40)
  void apply_anySequenceInFloat32_isTheSumOrTheOriginals(@ForAll("sequences") List<Step> sequence) {
    check(models.get(0), sequence, 3e-6);
  }

  @Property(tries = 40)
  void apply_anySequenceInBfloat16_isTheSumOrTheOriginals(
      @ForAll("sequences") List<Step> sequence) {
    // Half a unit in the last of 8 bits, and the float32 error that may break a tie.
    check(models.get(1), sequence, 1.0 / 256 + 3e-6);
  }

  private static void check(TinyModel model, List<Step> sequence, double tolerance) {
    Map<String, float[]> originals = model.values();
    int arrays = model.torch.liveArrays();
    PatchPlan present = PatchPlan.NONE;
    for (Step step : sequence) {
      PatchPlan plan = plan(step);
      if (plan.equals(present)) {
        // Otherwise there would be nothing to do, so nothing could fail.
        model.patcher.restore();
      }
      if (step.trouble == Trouble.NONE || plan.changes().isEmpty()) {
        model.patcher.apply(plan);
        assertSum(model, plan, tolerance);
        assertSameFromTheOriginals(model, plan);
        present = plan;
      } else {
        present = PatchPlan.NONE;
        assertFails(model, step, plan);
        assertBits(model.values(), originals);
        model.weights.values().forEach(live -> assertThat(live.patched()).isEmpty());
      }
    }
    model.patcher.restore();
    assertBits(model.values(), originals);
    assertThat(model.torch.liveArrays()).isEqualTo(arrays);
  }

  private static PatchPlan plan(Step step) {
    Map<Network, Map<String, List<Change>>> changes = new EnumMap<>(Network.class);
    for (Pick pick : step.picks) {
      EveryKind file = sound.get(pick.file);
      add(changes, file.file, file.targets.get(pick.target), pick);
    }
    if (!step.picks.isEmpty()) {
      Pick last = step.picks.get(step.picks.size() - 1);
      switch (step.trouble) {
        case NAN -> {
          Target target = spoiled.get(last.target);
          add(changes, fileOf(last.target), target, last);
        }
        case UNREADABLE -> add(changes, unreadable.file, unreadable.targets.get(last.target), last);
        case NONE, INTERRUPT -> {}
      }
    }
    return new PatchPlan(changes);
  }

  private static TensorFile fileOf(int spoiledTarget) {
    return TensorFile.open(folder.resolve("nan" + spoiledTarget + ".safetensors"));
  }

  private static void add(
      Map<Network, Map<String, List<Change>>> changes, TensorFile file, Target target, Pick pick) {
    OptionalInt limit = pick.limit == 0 ? OptionalInt.empty() : OptionalInt.of(pick.limit);
    changes
        .computeIfAbsent(target.network(), network -> new LinkedHashMap<>())
        .computeIfAbsent(target.weight(), weight -> new ArrayList<>())
        .add(new Change(file, target.module(), pick.strength, limit));
  }

  private static void assertFails(TinyModel model, Step step, PatchPlan plan) {
    try {
      switch (step.trouble) {
        case INTERRUPT -> {
          Thread.currentThread().interrupt();
          assertThatThrownBy(() -> model.patcher.apply(plan))
              .isInstanceOf(TensorFileException.class);
        }
        case UNREADABLE ->
            assertThatThrownBy(() -> model.patcher.apply(plan))
                .isInstanceOf(TensorFileException.class)
                .hasMessageContaining("gone.safetensors");
        case NAN ->
            assertThatThrownBy(() -> model.patcher.apply(plan))
                .isInstanceOf(LoraException.class)
                .hasMessageContaining("NaN");
        case NONE -> throw new AssertionError();
      }
    } finally {
      assertThat(Thread.interrupted()).isEqualTo(step.trouble == Trouble.INTERRUPT);
    }
  }

  /**
   * The sum in double of the numbers in the file and of each change, which has a test of its own.
   */
  private static void assertSum(TinyModel model, PatchPlan plan, double tolerance) {
    Factors factors = new Factors(model.torch, model.loader);
    TensorFile checkpoint = TensorFile.open(model.checkpoint);
    model.weights.forEach(
        (network, live) -> {
          for (String name : live.shapes().keySet()) {
            double[] sum = original(checkpoint, network, name);
            double size = 0;
            for (Change change :
                plan.changes().getOrDefault(network, Map.of()).getOrDefault(name, List.of())) {
              float[] delta = delta(model, factors, checkpoint, network, name, change);
              for (int i = 0; i < sum.length; i++) {
                sum[i] += delta[i];
                size = Math.max(size, Math.abs(delta[i]));
              }
            }
            float[] now = live.values(name);
            for (int i = 0; i < sum.length && size > 0; i++) {
              assertThat((double) now[i])
                  .as("%s[%d]", name, i)
                  .isCloseTo(sum[i], offset(tolerance * (1 + size + Math.abs(sum[i]))));
            }
          }
        });
  }

  private static double[] original(TensorFile checkpoint, Network network, String name) {
    try (TensorFile.Reader reader = checkpoint.reader()) {
      float[] values = reader.floats(checkpoint.find(network + name).orElseThrow());
      double[] wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      return wide;
    }
  }

  private static float[] delta(
      TinyModel model,
      Factors factors,
      TensorFile checkpoint,
      Network network,
      String name,
      Change change) {
    Factors limited =
        change.rankLimit().isPresent() ? factors.limitedTo(change.rankLimit().getAsInt()) : factors;
    try (TensorFile.Reader base = checkpoint.reader();
        TensorFile.Reader reader = change.file().reader();
        NDManager scope = model.torch.scope()) {
      List<Long> shape =
          Objects.requireNonNull(TinyModel.SHAPES.get(network)).getOrDefault(name, List.of());
      NDArray original =
          model.loader.load(
              base,
              checkpoint.find(network + name).orElseThrow(),
              shape,
              ScalarType.FLOAT32,
              scope);
      double s = change.strength();
      NDArray delta =
          name.endsWith(".bias")
              ? limited.biasDelta(reader, change.module(), original, s, scope).orElseThrow()
              : limited.delta(reader, change.module(), original, s, scope);
      return delta.toFloatArray();
    }
  }

  /** The weights do not depend on the changes applied before. */
  private static void assertSameFromTheOriginals(TinyModel model, PatchPlan plan) {
    Map<String, float[]> byWayOfOthers = model.values();
    model.patcher.restore();
    model.patcher.apply(plan);
    assertBits(model.values(), byWayOfOthers);
  }

  private static void assertBits(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
  }

  @Example
  void apply_notANumberInAnyTensor_namesFileAndTensor() {
    TinyModel model = models.get(0);
    Map<String, float[]> originals = model.values();
    int number = 0;
    for (Target target : sound.get(0).targets) {
      for (String tensor : usedTensors(target)) {
        Path path = folder.resolve("each" + number++ + ".safetensors");
        EveryKind file = new EveryKind(path, 1, tensor);
        int index = sound.get(0).targets.indexOf(target);
        Map<Network, Map<String, List<Change>>> changes = new EnumMap<>(Network.class);
        add(changes, file.file, file.targets.get(index), new Pick(0, index, 1, 0));

        assertThatThrownBy(() -> model.patcher.apply(new PatchPlan(changes)))
            .as(tensor)
            .isInstanceOf(LoraException.class)
            .hasMessageContaining("'" + tensor + "'")
            .hasMessageContaining(path.toString());
        assertBits(model.values(), originals);
      }
    }
    assertThat(number).isGreaterThan(100);
  }

  @Example
  void apply_oneStrengthChanged_writesOnlyWhatItChanges() {
    TinyModel model = models.get(0);
    Target fc1 = target("fc1.weight");
    Target fc2 = target("fc2.weight");
    Target conv = target("conv.weight");
    model.patcher.restore();

    long before = writes(model);
    model.patcher.apply(plan(Map.of(fc1, 1.0, fc2, 1.0, conv, 1.0)));
    assertThat(writes(model) - before).isEqualTo(3);

    before = writes(model);
    model.patcher.apply(plan(Map.of(fc1, 1.0, fc2, 0.5, conv, 1.0)));
    assertThat(writes(model) - before).isEqualTo(1);

    before = writes(model);
    model.patcher.apply(plan(Map.of(fc1, 1.0, fc2, 0.5, conv, 1.0)));
    assertThat(writes(model) - before).isZero();

    before = writes(model);
    model.patcher.apply(plan(Map.of(fc1, 1.0)));
    assertThat(writes(model) - before).isEqualTo(2);

    before = writes(model);
    model.patcher.restore();
    assertThat(writes(model) - before).isEqualTo(1);
  }

  private static Target target(String weight) {
    return sound.get(0).targets.stream()
        .filter(target -> target.weight().equals(weight))
        .findFirst()
        .orElseThrow();
  }

  private static PatchPlan plan(Map<Target, Double> strengths) {
    Map<Network, Map<String, List<Change>>> changes = new EnumMap<>(Network.class);
    strengths.forEach(
        (target, strength) -> add(changes, sound.get(0).file, target, new Pick(0, 0, strength, 0)));
    return new PatchPlan(changes);
  }

  private static long writes(TinyModel model) {
    return model.weights.values().stream().mapToLong(live -> live.writes()).sum();
  }

  @Example
  void apply_checkpointGoneAndBack_isRestoredByTheNextPlan() throws IOException {
    TinyModel model = models.get(0);
    model.patcher.restore();
    Map<String, float[]> originals = model.values();
    PatchPlan first = plan(Map.of(target("fc1.weight"), 1.0));
    model.patcher.apply(first);
    Path away = folder.resolve("away");
    Files.move(model.checkpoint, away);

    assertThatThrownBy(() -> model.patcher.apply(PatchPlan.NONE))
        .isInstanceOf(TensorFileException.class);
    Files.move(away, model.checkpoint);
    model.patcher.apply(PatchPlan.NONE);

    assertBits(model.values(), originals);
  }
}
