package dev.sdlora.server.training;

import static dev.sdlora.api.setting.Door.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.RandomSettings;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.request.json.Fields;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.setting.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each setting of a training with a value other than its default survives a request. */
class TrainingFieldsTest {
  private static final int TRAININGS = 100;
  private static final int IMAGES = 7;
  private static final double WEIGHT = 0.5;
  private static final Group<Draft, Draft> ALL = TrainingSettings.TRAINING;

  private final ObjectMapper json = new ObjectMapper();
  private final Set<String> changed = new TreeSet<>();

  @Test
  void anySettings_inARequest_reachTheTrainer() {
    trainings().forEach(this::assertReachTheTrainer);

    assertThat(changed).containsExactlyElementsOf(new TreeSet<>(names().toList()));
  }

  private static Stream<Map<String, Object>> trainings() {
    return LongStream.range(0, TRAININGS)
        .mapToObj(RandomSettings::new)
        .flatMap(random -> random.object(ALL, new RandomSettings.Names()).stream());
  }

  /** Returns the paths of all settings that have fields, as in the API. */
  private static Stream<String> names() {
    return TrainingFields.SETTINGS.stream()
        .flatMap(
            setting ->
                setting.kind().group().isEmpty()
                    ? Stream.of(setting.name())
                    : setting.kind().group().get().settings().stream()
                        .map(part -> setting.name() + "." + part.name()));
  }

  private void assertReachTheTrainer(Map<String, Object> random) {
    random.remove(random.containsKey("epochs") ? "steps" : "epochs");
    random.keySet().removeAll(Set.of("classCount", "priorWeight"));
    Object prompt = random.get("classPrompt");
    if (prompt != null) {
      random.put("classCount", IMAGES);
      random.put("priorWeight", WEIGHT);
    }
    LoraTrainerBuilder expected = LoraTrainer.builder();
    ObjectNode request = Fields.object();
    for (Setting<Draft, Draft, ?> setting : TrainingFields.SETTINGS) {
      Object value = random.get(setting.name());
      if (value != null) {
        Object whole = whole(setting.kind(), value, setting.name());
        expected.set(setting.name(), whole);
        put(request, setting.name(JSON), field(setting.kind(), whole));
        if (!(whole instanceof Map)) {
          note(ALL, setting, whole, setting.name());
        }
      }
    }
    if (prompt != null) {
      expected.priorPreservation(prompt.toString(), IMAGES, WEIGHT);
    }
    LoraTrainerBuilder read = LoraTrainer.builder();
    TrainingOptions.read(TrainingFields.flat(Fields.of(request)), Optional.empty()).accept(read);

    for (Setting<Draft, Draft, ?> setting : ALL.settings()) {
      assertThat(TrainingOptionsTest.setting(read, setting.name()))
          .as("%s by %s", setting.name(), request)
          .isEqualTo(TrainingOptionsTest.setting(expected, setting.name()));
    }
  }

  /** Puts a field, whose dotted name is that of a field in a group, into a request. */
  private void put(ObjectNode request, String name, Object value) {
    Optional<String> group = TrainingFields.groupOf(name);
    ObjectNode target = group.map(request::putObject).orElse(request);
    target.set(
        group.map(prefix -> name.substring(prefix.length() + 1)).orElse(name),
        json.valueToTree(value));
  }

  /** Returns a value with all settings that have an effect; it may lack those with defaults. */
  private Object whole(Kind<?> kind, Object plain, String path) {
    return kind.group().isPresent() ? whole(kind.group().get(), plain, path) : plain;
  }

  private <O, B> Map<String, Object> whole(Group<O, B> group, Object plain, String path) {
    O value = group.read(plain, new RandomSettings.Names());
    Map<String, Object> whole = new LinkedHashMap<>();
    group
        .settings()
        .forEach(setting -> write(setting, value).ifPresent(p -> whole.put(setting.name(), p)));
    if (whole.containsKey("beta1") != whole.containsKey("beta2")) {
      whole.keySet().removeAll(Set.of("beta1", "beta2"));
    }
    if (whole.containsKey("convolutionRank") != whole.containsKey("convolutionAlpha")) {
      whole.keySet().removeAll(Set.of("convolutionRank", "convolutionAlpha"));
    }
    group.settings().stream()
        .filter(setting -> !setting.neededValues().isEmpty())
        .filter(
            setting -> !setting.neededValues().contains(whole.get(setting.needs().orElseThrow())))
        .forEach(setting -> whole.remove(setting.name()));
    group
        .settings()
        .forEach(
            setting ->
                note(group, setting, whole.get(setting.name()), path + "." + setting.name()));
    return whole;
  }

  private static <O, T> Optional<Object> write(Setting<O, ?, T> setting, O owner) {
    return setting.get(owner).map(setting.kind()::write);
  }

  private <O, B, T> void note(
      Group<O, B> group, Setting<O, B, T> setting, @Nullable Object plain, String path) {
    Optional<Object> usual = group.defaultOf(setting).map(setting.kind()::write);
    if (plain != null && !usual.equals(Optional.of(plain))) {
      changed.add(path);
    }
  }

  /** Returns a plain value with the names of fields. */
  private static Object field(Kind<?> kind, Object plain) {
    if (plain instanceof List<?> list) {
      return list.stream().map(one -> field(kind.element().orElseThrow(), one)).toList();
    }
    if (plain instanceof Map<?, ?> map) {
      Map<String, Object> fields = new LinkedHashMap<>();
      map.forEach(
          (name, value) -> {
            Setting<?, ?, ?> setting = kind.group().orElseThrow().setting((String) name);
            fields.put(setting.name(JSON), field(setting.kind(), Objects.requireNonNull(value)));
          });
      return fields;
    }
    return plain;
  }
}
