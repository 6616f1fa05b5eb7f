package dev.sdlora.api.grid;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.SettingAxes;
import dev.sdlora.api.setting.SettingPath;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.api.value.SettingException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A setting of a request with the values to compare in a grid. Immutable. */
public final class Axis {
  private static final List<String> NAMES =
      List.of(
          "seed",
          "steps",
          "cfg",
          "sampler",
          "schedule",
          "size",
          "lora:NAME",
          "prompt",
          "denoising");

  private final String name;
  private final List<Value> values;

  private record Value(String label, Consumer<PromptSpec.Builder> change) {}

  private Axis(String name, List<Value> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("the axis '" + name + "' needs at least one value");
    }
    this.name = name;
    this.values = values;
  }

  /** {@return the name in the grid and in its file: A1111's name if it has one} */
  public String name() {
    return name;
  }

  /** {@return the labels of the rows or columns, at least one} */
  public List<String> labels() {
    return values.stream().map(Value::label).toList();
  }

  /**
   * Sets a value of this axis in a request.
   *
   * @param index the value's index, from 0
   * @param spec the request
   * @throws IndexOutOfBoundsException if there is no such value
   */
  public void apply(int index, PromptSpec.Builder spec) {
    Objects.requireNonNull(spec, "spec");
    values.get(index).change().accept(spec);
  }

  /**
   * Creates an axis for any setting.
   *
   * @param <T> the type of the values
   * @param name the name in the grid and in its file
   * @param values at least one value
   * @param label returns the label of a value's row or column, of one or more lines
   * @param change sets a value in a request that may have values of other axes; called for every
   *     image, and first when the grid is created
   * @return the axis
   * @throws IllegalArgumentException if there is no value
   */
  public static <T> Axis of(
      String name,
      List<T> values,
      Function<T, String> label,
      BiConsumer<PromptSpec.Builder, T> change) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(values, "values");
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(change, "change");
    return new Axis(
        name,
        values.stream()
            .map(value -> new Value(label.apply(value), spec -> change.accept(spec, value)))
            .toList());
  }

  /**
   * Varies the seed.
   *
   * @param seeds at least one seed, any numbers
   * @return the axis
   * @throws IllegalArgumentException if there is none
   */
  public static Axis seeds(long... seeds) {
    Objects.requireNonNull(seeds, "seeds");
    return of("Seed", list(seeds), String::valueOf, (spec, seed) -> spec.seed(seed));
  }

  /**
   * Varies the number of steps.
   *
   * @param steps at least one number; the grid rejects numbers outside 1 to 1000
   * @return the axis
   * @throws IllegalArgumentException if there is none
   */
  public static Axis steps(int... steps) {
    Objects.requireNonNull(steps, "steps");
    return of("Steps", list(steps), String::valueOf, PromptSpec.Builder::steps);
  }

  /**
   * Varies the CFG scale.
   *
   * @param scales at least one scale
   * @return the axis
   * @throws IllegalArgumentException if there is none, or one is NaN or infinite
   */
  public static Axis cfgScales(double... scales) {
    Objects.requireNonNull(scales, "scales");
    return of("CFG Scale", list(scales), Decimals::text, PromptSpec.Builder::cfgScale);
  }

  /**
   * Varies the sampler.
   *
   * @param samplers at least one
   * @return the axis
   * @throws IllegalArgumentException if there is none
   */
  public static Axis samplers(Sampler... samplers) {
    Objects.requireNonNull(samplers, "samplers");
    return of("Sampler", List.of(samplers), Sampler::label, PromptSpec.Builder::sampler);
  }

  /**
   * Varies the schedule.
   *
   * @param schedules at least one
   * @return the axis
   * @throws IllegalArgumentException if there is none
   */
  public static Axis schedules(Schedule... schedules) {
    Objects.requireNonNull(schedules, "schedules");
    return of("Schedule type", List.of(schedules), Schedule::label, PromptSpec.Builder::schedule);
  }

  /**
   * Varies the size.
   *
   * @param sizes at least one
   * @return the axis
   * @throws IllegalArgumentException if there is none
   */
  public static Axis sizes(ImageSize... sizes) {
    Objects.requireNonNull(sizes, "sizes");
    return of("Size", List.of(sizes), ImageSize::toString, PromptSpec.Builder::size);
  }

  /**
   * Varies the strength of a LoRA, replacing the strengths in its tag in the prompt; if the prompt
   * has no tag, one is added.
   *
   * @param lora its name as in a tag
   * @param strengths at least one strength; 0 switches the LoRA off
   * @return the axis
   * @throws IllegalArgumentException if there is none, or one is NaN or infinite
   */
  public static Axis loraStrengths(String lora, double... strengths) {
    Objects.requireNonNull(lora, "lora");
    Objects.requireNonNull(strengths, "strengths");
    return of(
        "LoRA " + lora,
        list(strengths),
        Decimals::text,
        (spec, strength) -> PromptEdits.loraStrength(spec, lora, Decimals.text(strength)));
  }

  /**
   * Varies a text in the prompt and the negative prompt; A1111's "Prompt S/R".
   *
   * @param texts the text to search for, followed by its replacements; the first image has the
   *     original text
   * @return the axis
   * @throws IllegalArgumentException if there is none
   */
  public static Axis promptTexts(String... texts) {
    Objects.requireNonNull(texts, "texts");
    return of(
        "Prompt S/R",
        List.of(texts),
        text -> text,
        (spec, text) -> PromptEdits.replace(spec, texts[0], text));
  }

  /**
   * Varies the denoising strength of img2img, or of the second pass of hires fix.
   *
   * @param strengths at least one strength; the grid rejects values outside 0 to 1
   * @return the axis
   * @throws IllegalArgumentException if there is none, or one is NaN or infinite
   */
  public static Axis denoisingStrengths(double... strengths) {
    Objects.requireNonNull(strengths, "strengths");
    return of(
        "Denoising",
        list(strengths),
        Decimals::text,
        (spec, strength) -> PromptEdits.denoisingStrength(spec, strength));
  }

  /**
   * Parses an axis in the notation of the command line.
   *
   * @param text {@code NAME=VALUE,VALUE}: {@code seed=1-4}, {@code steps=10,20}, {@code cfg=1-7
   *     [3]}, {@code sampler=Euler a,DDIM}, {@code schedule=Karras,Normal}, {@code
   *     size=512x512,768x512}, {@code lora:NAME=0-1 [5]}, {@code prompt=red,blue}, {@code
   *     denoising=0.3,0.6}; other settings by their options, {@code cfg-rescale=0,0.7}. Numbers may
   *     be ranges: {@code 1-5}, {@code 1-9 (+2)}, {@code 0-1 [5]}. A value in double quotes may
   *     contain commas
   * @return the axis
   * @throws IllegalArgumentException if the name is unknown or a value is invalid
   */
  public static Axis parse(String text) {
    Objects.requireNonNull(text, "text");
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "an axis must be NAME=VALUE,VALUE, such as seed=1,2,3: " + text);
    }
    String name = text.substring(0, equals).strip();
    List<String> parts = QuotedList.split(text.substring(equals + 1));
    if (name.toLowerCase(Locale.ROOT).startsWith("lora:")) {
      return loraStrengths(name.substring("lora:".length()).strip(), doubles(parts));
    }
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "seed" -> seeds(wholes(parts).toArray());
      case "steps" -> steps(wholes(parts).mapToInt(Axis::toInt).toArray());
      case "cfg" -> cfgScales(doubles(parts));
      case "sampler" -> samplers(parts.stream().map(Sampler::parse).toArray(Sampler[]::new));
      case "schedule" -> schedules(parts.stream().map(Schedule::parse).toArray(Schedule[]::new));
      case "size" -> sizes(parts.stream().map(ImageSize::parse).toArray(ImageSize[]::new));
      case "prompt" -> promptTexts(parts.toArray(String[]::new));
      case "denoising" -> denoisingStrengths(doubles(parts));
      default ->
          SettingAxes.find(name)
              .map(known -> setting(known.getKey(), known.getValue(), parts))
              .orElseThrow(() -> unknown(name));
    };
  }

  private static IllegalArgumentException unknown(String name) {
    List<String> all = Stream.concat(NAMES.stream(), SettingAxes.all().keySet().stream()).toList();
    return new IllegalArgumentException(
        "axis '"
            + name
            + "' is unknown; known values: "
            + String.join(", ", NAMES)
            + ", and other settings such as cfg-rescale"
            + Nearest.question(name, all));
  }

  private static <T> Axis setting(String name, SettingPath<T> path, List<String> parts) {
    Kind<T> kind = path.setting().kind();
    boolean whole = kind.type() == Kind.Type.WHOLE_NUMBER;
    List<String> texts =
        whole || kind.type() == Kind.Type.NUMBER
            ? NumberList.of(parts, whole).stream().map(BigDecimal::toPlainString).toList()
            : parts;
    try {
      return of(
          name,
          texts.stream().map(kind::parse).toList(),
          kind::format,
          (spec, value) -> put(name, path, value, spec));
    } catch (IllegalArgumentException e) {
      throw wrong(name, e);
    }
  }

  private static <T> void put(String name, SettingPath<T> path, T value, PromptSpec.Builder spec) {
    try {
      path.put(spec, value);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw wrong(name, e);
    }
  }

  private static IllegalArgumentException wrong(String name, RuntimeException e) {
    String reason =
        e instanceof SettingException setting
            ? setting.messageFor("its values")
            : String.valueOf(e.getMessage())
                .replaceFirst("^(?=must )", "its values ")
                .replaceFirst("^(?=needs )", "the request ");
    return new IllegalArgumentException("axis '" + name + "': " + reason, e);
  }

  /** Returns the values as they are written into the grid's file. */
  String list() {
    return values.stream()
        .map(Value::label)
        .map(label -> label.contains(",") ? '"' + label + '"' : label)
        .collect(Collectors.joining(", "));
  }

  private static double[] doubles(List<String> parts) {
    return NumberList.of(parts, false).stream().mapToDouble(BigDecimal::doubleValue).toArray();
  }

  private static LongStream wholes(List<String> parts) {
    return NumberList.of(parts, true).stream().mapToLong(Axis::whole);
  }

  private static long whole(BigDecimal number) {
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("must be a whole number: " + number, e);
    }
  }

  private static int toInt(long number) {
    if (number != (int) number) {
      throw new IllegalArgumentException("must be a number of steps: " + number);
    }
    return (int) number;
  }

  private static List<Long> list(long... values) {
    List<Long> list = new ArrayList<>();
    for (long value : values) {
      list.add(value);
    }
    return list;
  }

  private static List<Integer> list(int... values) {
    List<Integer> list = new ArrayList<>();
    for (int value : values) {
      list.add(value);
    }
    return list;
  }

  private static List<Double> list(double... values) {
    List<Double> list = new ArrayList<>();
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("the values of an axis must be finite: " + value);
      }
      list.add(value);
    }
    return list;
  }
}
