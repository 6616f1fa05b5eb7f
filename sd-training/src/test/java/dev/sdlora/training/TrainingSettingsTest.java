package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.training.setting.TrainingSettings;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TrainingSettingsTest {
  /** Setters of files and callbacks, and those whose values are settings of other names. */
  private static final Set<String> WITHOUT_ROW =
      Set.of(
          "pipeline",
          "checkpoint",
          "images",
          "trainingSet",
          "output",
          "name",
          "triggerWord",
          "maskedLoss", // unmaskedWeight
          "priorPreservation", // classPrompt, classCount and priorWeight
          "samples",
          "report",
          "lossPlot",
          "listener",
          "set");

  /** Other settings that a setting needs to have a value of its own. */
  private static final Map<String, Map<String, Object>> COMPANIONS =
      Map.of(
          "schedule.cycles", Map.of("shape", "cosine"),
          "buckets.most", Map.of("least", 64),
          "timesteps.most", Map.of("least", 0.0),
          "loss.delta", Map.of("shape", "huber"),
          "slider", Map.of("positive", "large", "negative", "small"));

  private record Leaf(Setting<Draft, Draft, ?> parent, Optional<Setting<?, ?, ?>> part) {
    String path() {
      return parent.name() + part.map(one -> "." + one.name()).orElse("");
    }

    Kind<?> kind() {
      return part.<Kind<?>>map(Setting::kind).orElseGet(parent::kind);
    }

    /** Returns the plain value that sets the leaf in its group. */
    Object plain(Object value) {
      if (part.isEmpty()) {
        return value;
      }
      Map<String, Object> plain = new HashMap<>(COMPANIONS.getOrDefault(parent.name(), Map.of()));
      plain.putAll(COMPANIONS.getOrDefault(path(), Map.of()));
      plain.put(part.get().name(), value);
      return plain;
    }

    LoraTrainerBuilder set(Object value) {
      return new LoraTrainerBuilder().set(parent.name(), plain(value));
    }

    /** Returns the plain value of the leaf. */
    Optional<Object> get(LoraTrainerBuilder builder) {
      return plain(parent, part, builder);
    }

    private static <T> Optional<Object> plain(
        Setting<Draft, Draft, T> parent,
        Optional<Setting<?, ?, ?>> part,
        LoraTrainerBuilder builder) {
      return builder
          .find(parent)
          .flatMap(
              value ->
                  part.isEmpty()
                      ? Optional.of(parent.kind().write(value))
                      : plain(parent.kind().group().orElseThrow(), part.get().name(), value));
    }

    @SuppressWarnings("unchecked") // the group of a kind has settings of its values
    private static <O> Optional<Object> plain(Group<O, ?> group, String name, Object owner) {
      return plain(group.setting(name), (O) owner);
    }

    private static <O, T> Optional<Object> plain(Setting<O, ?, T> setting, O owner) {
      return setting.get(owner).map(setting.kind()::write);
    }
  }

  private static Stream<Leaf> leaves() {
    return TrainingSettings.TRAINING.settings().stream()
        .flatMap(
            parent ->
                parent.kind().group().isEmpty()
                    ? Stream.of(new Leaf(parent, Optional.empty()))
                    : parent.kind().group().get().settings().stream()
                        .map(part -> new Leaf(parent, Optional.of(part))));
  }

  @TestFactory
  Stream<DynamicTest> eachSetting_setByName_isReadBack() {
    return leaves()
        .map(
            leaf ->
                DynamicTest.dynamicTest(
                    leaf.path(),
                    () -> {
                      Object value = otherThanDefault(leaf);
                      LoraTrainerBuilder builder = leaf.set(value);
                      assertThat(leaf.get(builder)).contains(value);
                      assertThat(leaf.get(new LoraTrainerBuilder()))
                          .isNotEqualTo(Optional.of(value));
                    }));
  }

  private static Object otherThanDefault(Leaf leaf) {
    Optional<Object> usual = leaf.get(new LoraTrainerBuilder());
    return values(leaf.kind())
        .filter(value -> !Optional.of(value).equals(usual))
        .filter(value -> isValid(leaf, value))
        .findFirst()
        .orElseThrow(() -> new AssertionError(leaf.path() + " has no other value"));
  }

  private static boolean isValid(Leaf leaf, Object value) {
    try {
      leaf.set(value);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Stream<Object> values(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER -> Stream.of(0.25, 0.75, 2.5);
      case WHOLE_NUMBER -> Stream.of(3L, 72L, 512L);
      case FLAG -> Stream.of(true, false);
      case CHOICE -> kind.choices().stream().map(Object.class::cast);
      case TEXT -> Stream.of("64x96", "tiny", "cpu");
      case FILE -> Stream.of("folder");
      case LIST ->
          kind.element().orElseThrow().group().isPresent()
              ? Stream.of(List.of(Map.of("layers", "IN04", "rank", 2L)))
              : values(kind.element().orElseThrow()).map(List::of);
      default -> throw new AssertionError(kind.type());
    };
  }

  @TestFactory
  Stream<DynamicTest> limits_areThoseOfSetters() {
    return leaves()
        .filter(
            leaf ->
                leaf.kind().type() == Kind.Type.NUMBER
                    || leaf.kind().type() == Kind.Type.WHOLE_NUMBER)
        .map(leaf -> DynamicTest.dynamicTest(leaf.path(), () -> checkLimits(leaf)));
  }

  private static void checkLimits(Leaf leaf) {
    Kind<?> kind = leaf.kind();
    if (kind.least() > Integer.MIN_VALUE) {
      assertThat(isValid(leaf, kind.least()) || leaf.path().equals("timesteps.most")).isTrue();
      assertRefused(leaf, beyond(kind, kind.least(), -1));
    }
    if (kind.most() < Integer.MAX_VALUE) {
      assertThat(isValid(leaf, kind.most()) || leaf.path().equals("timesteps.least")).isTrue();
      assertRefused(leaf, beyond(kind, kind.most(), 1));
    }
  }

  private static double beyond(Kind<?> kind, double limit, int direction) {
    return kind.type() == Kind.Type.WHOLE_NUMBER
        ? limit + direction
        : Math.nextAfter(limit, direction * Double.POSITIVE_INFINITY);
  }

  private static void assertRefused(Leaf leaf, double value) {
    assertThatThrownBy(() -> leaf.set(value)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void eachSetter_hasARow() {
    Set<String> setters =
        Arrays.stream(LoraTrainerBuilder.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> method.getReturnType() == LoraTrainerBuilder.class)
            .map(Method::getName)
            .filter(name -> !WITHOUT_ROW.contains(name))
            .collect(Collectors.toSet());

    assertThat(TrainingSettings.TRAINING.settings().stream().map(Setting::name))
        .containsAll(setters)
        .doesNotHaveDuplicates();
  }

  @Test
  void eachOption_hasARow() {
    TrainingSettings.TRAINING.settings().stream()
        .flatMap(setting -> setting.kind().group().stream())
        .forEach(
            group ->
                assertThat(group.settings().stream().map(Setting::name))
                    .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(group.type().getRecordComponents())
                            .map(RecordComponent::getName)
                            .toList()));
  }

  @Test
  void eachRow_isASentence() {
    TrainingSettings.TRAINING.settings().stream()
        .flatMap(
            setting ->
                Stream.concat(
                    Stream.of(setting),
                    setting.kind().group().stream().flatMap(group -> group.settings().stream())))
        .forEach(setting -> assertThat(setting.meaning()).matches("(?s)[A-Z].*\\."));
  }

  @Test
  void namesAtTheCommandLine_areUnique_exceptThoseOfPairs() {
    Map<String, Long> counts =
        leaves()
            .map(leaf -> leaf.part().orElse(leaf.parent()).name(Door.COMMAND_LINE))
            .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    counts
        .keySet()
        .removeAll(List.of("--betas", "--bucket-sides", "--logit-normal", "--timestep-range"));

    assertThat(counts.values()).allMatch(count -> count == 1);
  }

  @Test
  void set_unknownName_isRefused() {
    assertThatThrownBy(() -> new LoraTrainerBuilder().set("rnak", 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("setting 'rnak' is unknown; did you mean 'rank'?");
    assertThatThrownBy(() -> new LoraTrainerBuilder().set("rank", "many"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rank must be a whole number: 'many'");
  }
}
