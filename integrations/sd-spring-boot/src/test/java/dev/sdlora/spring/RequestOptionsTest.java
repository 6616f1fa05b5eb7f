package dev.sdlora.spring;

import static dev.sdlora.api.setting.Door.PROPERTY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Tests that each setting of a request is a property and an option. */
class RequestOptionsTest {
  /** Without these, other settings have no effect. */
  private static final Map<String, String> NEEDED =
      Map.of(
          "sdlora.hires-scale", "2",
          "sdlora.refiner-switch", "0.5",
          "sdlora.upscale", "2",
          "sdlora.variation-strength", "0.5");

  private static final PromptSpec NOTHING_SET = PromptSpec.builder().build();
  private static final Image IMAGE = Image.of(8, 8, new byte[8 * 8 * 3]);
  private static final Messages NO_IMAGE =
      new Messages("a cat", "", Optional.empty(), Optional.empty(), List.of());
  private static final Messages START_IMAGE =
      new Messages("a cat", "", Optional.of(IMAGE), Optional.of(IMAGE), List.of());

  /** A setting, with the way to its value in a request. */
  record Row(
      String property, Kind<?> kind, Optional<?> usual, Function<PromptSpec, Optional<?>> get) {
    @Override
    public String toString() {
      return property;
    }
  }

  static Stream<Row> rows() {
    List<Row> rows = new ArrayList<>();
    add("", Settings.SPEC, Optional::of, rows);
    return rows.stream();
  }

  private static <O, B> void add(
      String at, Group<O, B> group, Function<PromptSpec, Optional<O>> owner, List<Row> rows) {
    group.settings().forEach(setting -> add(at, group, setting, owner, rows));
  }

  @SuppressWarnings("unchecked") // The type of an object's settings is that of its kind.
  private static <O, B, T> void add(
      String at,
      Group<O, B> group,
      Setting<O, B, T> setting,
      Function<PromptSpec, Optional<O>> owner,
      List<Row> rows) {
    if (setting.reasonWithout(PROPERTY).isPresent()) {
      return;
    }
    String name = setting.name(PROPERTY);
    String property = at.isEmpty() || name.isEmpty() ? at + name : at + "-" + name;
    Function<PromptSpec, Optional<T>> get = spec -> owner.apply(spec).flatMap(setting::get);
    Optional<Group<?, ?>> inner = setting.kind().group();
    if (inner.isPresent() && inner.get().type() != Upscaler.class) {
      add(property, (Group<T, ?>) inner.get(), get, rows);
    } else {
      rows.add(new Row(property, setting.kind(), group.defaultOf(setting), get::apply));
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void property_otherThanTheDefault_isInTheRequest(Row row) {
    Object value = other(row);
    Map<String, String> properties = new HashMap<>(NEEDED);
    properties.put("sdlora." + row.property(), asProperty(value));

    SdLoraImageOptions options = SdLoraImageOptions.of(read(properties));

    Optional<Object> found =
        Stream.of(START_IMAGE, NO_IMAGE)
            .map(messages -> new Specs(List.of(), List.of()).read(options, messages, NOTHING_SET))
            .<Object>flatMap(request -> row.get().apply(request.spec()).stream())
            .findFirst();
    assertThat(found).contains(value);
  }

  private static Object other(Row row) {
    Kind<?> kind = row.kind();
    return switch (kind.type()) {
      case NUMBER -> between(kind, row.usual().map(Double.class::cast));
      case WHOLE_NUMBER -> whole(kind, row.usual());
      case FLAG -> !row.usual().map(Boolean.class::cast).orElse(false);
      case CHOICE -> kind.parse(kind.choices().get(kind.choices().size() - 1));
      case LIST -> kind.parse("7,8");
      case OBJECT -> Upscaler.named("Nearest");
      default -> text(kind);
    };
  }

  private static double between(Kind<?> kind, Optional<Double> usual) {
    double least = Math.max(0, kind.least());
    return usual
        .map(value -> value > least ? (value + least) / 2 : Math.min(kind.most(), value + 1) / 2)
        .orElse(Math.min(kind.most(), 1) / 2);
  }

  /** Returns the default and one, or a number below it if it is the largest. */
  private static Object whole(Kind<?> kind, Optional<?> usual) {
    double value = usual.map(Number.class::cast).map(Number::doubleValue).orElse(1.0);
    return kind.parse(String.valueOf((long) (value < kind.most() ? value + 1 : value - 1)));
  }

  private static Object text(Kind<?> kind) {
    try {
      return kind.parse("512x768");
    } catch (IllegalArgumentException e) {
      return kind.parse("a cat");
    }
  }

  private static String asProperty(Object value) {
    if (value instanceof Sampler sampler) {
      return sampler.label();
    }
    if (value instanceof Upscaler upscaler) {
      return upscaler.name();
    }
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
        : value.toString();
  }

  @Test
  void names_differ() {
    assertThat(rows().map(Row::property)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sdlora.skip-layers",
        "sdlora.skipLayers",
        "SDLORA_SKIPLAYERS",
        "SDLORA_SKIP_LAYERS"
      })
  void names_areRelaxed(String name) {
    assertThat(read(Map.of(name, "7,8")).given()).isEqualTo(Map.of("skipLayers", List.of(7, 8)));
  }

  @Test
  void parts_areOneValue() {
    assertThat(
            read(Map.of("sdlora.skip-layers[0]", "7", "sdlora.loras.ink", "${strength:0.5}"))
                .given())
        .isEqualTo(Map.of("skipLayers", List.of(7), "loras", Map.of("ink", 0.5)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sdlora.skip-layer", "sdlora.steps.x", "sdlora.prompt"})
  void unknownProperty_isRefused(String name) {
    assertThatThrownBy(() -> read(Map.of(name, "7")))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageMatching("the property '%s' at .* is unknown.*".formatted(name));
  }

  @Test
  void propertyOfAnotherType_isRefused() {
    assertThatThrownBy(() -> read(Map.of("sdlora.rng", "dice")))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("sdlora.rng");
  }

  private static RequestProperties read(Map<String, ?> properties) {
    StandardEnvironment environment = new StandardEnvironment();
    MutablePropertySources sources = environment.getPropertySources();
    Map<String, Object> values = new LinkedHashMap<>(properties);
    if (values.keySet().stream().allMatch(name -> name.startsWith("SDLORA_"))) {
      String variables = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
      sources.replace(variables, new SystemEnvironmentPropertySource(variables, values));
    } else {
      sources.addFirst(new MapPropertySource("test", values));
    }
    return RequestProperties.of(environment);
  }

  @Test
  void set_anyOption_convertsAsProperties() {
    assertThat(
            SdLoraImageOptions.builder()
                .set("hiresSteps", "7")
                .set("schedule", "sgm-uniform")
                .set("eta", 1)
                .set("skipLayers", "7,8")
                .build()
                .values())
        .isEqualTo(
            Map.of(
                "hiresSteps",
                7,
                "schedule",
                Schedule.SGM_UNIFORM,
                "eta",
                1.0,
                "skipLayers",
                List.of(7, 8)));
  }

  @Test
  void set_unknownOptionOrOtherType_isRefused() {
    SdLoraImageOptions.Builder options = SdLoraImageOptions.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.set("hiresStep", 7))
        .withMessageStartingWith("option 'hiresStep' is unknown; did you mean 'hiresSteps'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.set("steps", 2.5))
        .withMessage("steps must be of the type Integer: '2.5'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.set("tiling", "z"))
        .withMessage("tiling must be one of [NONE, X, Y, BOTH]: 'z'");
  }

  /** Compares the file for editors; {@code -Dapi.update=true} rewrites it. */
  @Test
  void metadata_describesEveryOption() throws IOException {
    Path file =
        Path.of("src/main/resources/META-INF/additional-spring-configuration-metadata.json");
    String text =
        RequestOptions.ALL.values().stream()
            .sorted(Comparator.comparing(RequestOption::property))
            .map(RequestOptionsTest::metadata)
            .collect(Collectors.joining(",\n", "{\n  \"properties\": [\n", "\n  ]\n}\n"));
    if (Boolean.getBoolean("api.update")) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file)).isEqualTo(text);
  }

  private static String metadata(RequestOption option) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", "sdlora." + option.property());
    entry.put("type", option.type().toString());
    entry.put("description", option.meaning());
    option.usual().ifPresent(value -> entry.put("defaultValue", json(value)));
    return entry.entrySet().stream()
        .map(pair -> "      \"%s\": %s".formatted(pair.getKey(), quoted(pair.getValue())))
        .collect(Collectors.joining(",\n", "    {\n", "\n    }"));
  }

  private static Object json(Object value) {
    if (value instanceof Enum<?> constant && !(value instanceof Sampler)) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    if (value instanceof Upscaler upscaler) {
      return upscaler.name();
    }
    return value;
  }

  private static String quoted(Object value) {
    return value instanceof Number || value instanceof Boolean || value instanceof List<?>
        ? value.toString()
        : "\"" + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
