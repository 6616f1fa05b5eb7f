package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tests that built objects are values: every setter makes another one, and a copy is equal. */
class ValueTypesTest {
  private static final Path FILE = Path.of("some.safetensors");
  private static final Image PICTURE = Image.of(8, 8, new byte[3 * 8 * 8]);
  private static final LoraAdapter LORA = new LoraAdapter(FILE, ModelFamily.SD1, 1, 1, Map.of());
  private static final Inpainting PART = Inpainting.builder(PICTURE).maskBlur(9).build();

  /** Values that differ from every default, by the type of a setter's parameter. */
  private static final Map<Class<?>, Object> OTHERS =
      Map.ofEntries(
          Map.entry(String.class, "other"),
          Map.entry(double.class, 0.25),
          Map.entry(int.class, 16),
          Map.entry(PromptSpec.class, PromptSpec.builder().cfgScale(3).build()),
          Map.entry(long.class, 16L),
          Map.entry(int[].class, new int[] {7, 8, 9}),
          Map.entry(Path.class, Path.of("other")),
          Map.entry(ImageSize.class, new ImageSize(64, 128)),
          Map.entry(Map.class, Map.of("Noise multiplier", "0.5", "Mask blur", "7")),
          Map.entry(LoraAdapter.class, LORA),
          Map.entry(LoraStrength.class, LoraStrength.of(0.5)),
          Map.entry(StrengthSchedule.class, StrengthSchedule.parse("1@0,0@1")),
          Map.entry(BlockWeights.class, BlockWeights.preset("OUTALL")),
          Map.entry(PromptOptions.class, PromptOptions.EXACT_A1111),
          Map.entry(PromptLimits.class, new PromptLimits(5, 5, 5, 5, 5)),
          Map.entry(SamplerOptions.class, SamplerOptions.builder().eta(0.5).build()),
          Map.entry(SpeedOptions.class, SpeedOptions.builder().cacheInterval(2).build()),
          Map.entry(DynamicPrompts.class, DynamicPrompts.of(FILE)),
          Map.entry(GuidanceRange.class, GuidanceRange.ofSteps(0.1, 0.9)),
          Map.entry(Variation.class, Variation.of(3, 0.5)),
          Map.entry(RegionMask.class, RegionMask.of(PICTURE)),
          Map.entry(Image.class, PICTURE),
          Map.entry(SizeConditioning.class, SizeConditioning.DEFAULTS.withCrop(8, 16)),
          Map.entry(CheckpointParts.class, CheckpointParts.builder().ema(true).build()),
          Map.entry(ImageToImage.class, ImageToImage.builder(PICTURE).build()),
          Map.entry(HiresFix.class, HiresFix.builder().build()),
          Map.entry(Inpainting.class, PART),
          Map.entry(Outpainting.class, Outpainting.of(8, 0, 0, 0)),
          Map.entry(ImagePrompt.class, ImagePrompt.of(FILE, PICTURE)),
          Map.entry(DetailPass.class, DetailPass.builder("face").build()),
          Map.entry(DetailPass.Order.class, DetailPass.Order.LARGEST),
          Map.entry(ControlUnit.class, ControlUnit.builder(FILE, PICTURE).build()),
          Map.entry(Preprocessor.class, Preprocessor.CANNY),
          Map.entry(Upscaler.class, Upscaler.LANCZOS));

  /** Whether a setter undoes another one and so changes nothing in a new builder. */
  private static boolean isUndo(Method setter) {
    return setter.getName().matches("no[A-Z].*|randomSeed");
  }

  private static final List<Supplier<Object>> BUILDERS =
      List.of(
          PromptSpec::builder,
          SamplerOptions::builder,
          SpeedOptions::builder,
          CheckpointParts::builder,
          HiresFix::builder,
          () -> ImageToImage.builder(PICTURE),
          () -> Inpainting.builder(PICTURE),
          () -> DetailPass.builder("face"),
          () -> ControlUnit.builder(FILE, PICTURE),
          () -> new CheckpointBuilder(FILE, ModelFamily.SD1));

  @TestFactory
  Stream<DynamicTest> builders_everySetter_makesAnotherValue() {
    return BUILDERS.stream()
        .map(
            builder -> {
              String name = build(builder.get()).getClass().getSimpleName();
              return DynamicTest.dynamicTest(name, () -> requireValues(builder));
            });
  }

  private static void requireValues(Supplier<Object> builder) {
    Object plain = build(builder.get());
    requireEqual(plain, build(builder.get()));
    assertThat(plain).isNotEqualTo(null).isNotEqualTo("plain");
    List<Object> seen = new ArrayList<>(List.of(plain));
    for (Method setter : setters(builder.get().getClass())) {
      Object changing = builder.get();
      call(setter, changing, arguments(setter));
      Object changed = build(changing);
      if (isUndo(setter)) {
        requireEqual(changed, plain);
        continue;
      }
      assertThat(changed).as(setter.toString()).isNotEqualTo(plain);
      assertThat(changed.hashCode()).as(setter.toString()).isNotEqualTo(plain.hashCode());
      requireEqual(
          changed instanceof Checkpoint checkpoint
              ? new CheckpointBuilder(checkpoint).build()
              : build(call("toBuilder", changed)),
          changed);
      seen.add(changed);
    }
    assertThat(seen).hasSizeGreaterThan(2);
  }

  private static void requireEqual(Object one, Object other) {
    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString(other.toString());
    assertThat(one.toString()).startsWith(one.getClass().getSimpleName() + "[");
  }

  private static List<Method> setters(Class<?> builder) {
    return Arrays.stream(builder.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .filter(method -> method.getReturnType() == builder)
        .toList();
  }

  private static Object[] arguments(Method setter) {
    Object[] arguments = new Object[setter.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(setter, i);
    }
    return arguments;
  }

  private static Object argument(Method setter, int index) {
    Class<?> type = setter.getParameterTypes()[index];
    if (type == LoraMode.class) {
      return LoraMode.OVERLAY;
    }
    if (type.isEnum()) {
      Object[] all = type.getEnumConstants();
      return all[setter.getName().equals("mode") || all.length < 3 ? 1 : all.length - 2];
    }
    if (type == boolean.class) {
      return !Set.of("negativeLoras", "vaeBeside", "exactBatches", "sizeKnown", "hiresFix")
          .contains(setter.getName());
    }
    if (type == List.class) {
      return switch (setter.getName()) {
        case "styles" -> List.of(new Style("a", "b", "c"));
        case "skipLayers" -> List.of(7);
        default -> List.of("other");
      };
    }
    if (setter.getName().equals("unionType")) {
      return "depth";
    }
    if (type == int.class && setter.getName().equals("tokenMergingMaxDownsample")) {
      return 8;
    }
    if (type == int.class && setter.getName().equals("clipSkip")) {
      return 2;
    }
    if (type == int.class && setter.getName().equals("order")) {
      return 2;
    }
    if (type == double.class && setter.getName().equals("skipLayerStart")) {
      return 0.1;
    }
    if (type == double.class && Set.of("scale", "upscaling").contains(setter.getName())) {
      return 1.5;
    }
    if (type == double.class && index == 1) {
      return 0.75;
    }
    Object other = OTHERS.get(type);
    assertThat(other).as("a value for " + setter).isNotNull();
    return other;
  }

  private static Object build(Object builder) {
    return call("build", builder);
  }

  private static Object call(String name, Object target) {
    try {
      return call(target.getClass().getMethod(name), target);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  private static Object call(Method method, Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new LinkageError(method + " " + Arrays.toString(arguments), e);
    }
  }

  @Test
  void classes_withABuilder_areAllTested() throws Exception {
    Set<Class<?>> tested = new HashSet<>();
    BUILDERS.forEach(builder -> tested.add(build(builder.get()).getClass()));
    Path classes =
        Path.of(PromptSpec.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("dev/sdlora/api");
    try (Stream<Path> files = Files.list(classes)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.equals("package-info.class")) {
          Class<?> type = Class.forName("dev.sdlora.api." + name.replace(".class", ""));
          boolean value =
              Arrays.stream(type.getDeclaredMethods())
                  .anyMatch(method -> method.getName().equals("toBuilder"));
          assertThat(!value || tested.contains(type)).as(name).isTrue();
        }
      }
    }
  }

  @Test
  void promptSpecBuilder_getters_followSetters() {
    PromptSpec.Builder builder = PromptSpec.builder().prompt("a cat").steps(7).size(64, 128);
    assertThat(builder.prompt()).isEqualTo("a cat");
    assertThat(builder.steps()).isEqualTo(7);
    assertThat(builder.size()).contains(new ImageSize(64, 128));
    assertThat(builder.noSize().size()).isEmpty();
    assertThat(builder.fewSteps(FewSteps.LCM).noFewSteps().build().sampler())
        .isEqualTo(PromptSpec.builder().sampler());
  }

  @Test
  void withers_makeOtherValues() {
    assertThat(LoraQuery.text("a"))
        .isEqualTo(LoraQuery.ALL.withText("a"))
        .isNotEqualTo(LoraQuery.ALL);
    assertThat(LoraQuery.ALL.withFamily(ModelFamily.SD1))
        .isNotEqualTo(LoraQuery.ALL)
        .hasSameHashCodeAs(LoraQuery.ALL.withFamily(ModelFamily.SD1));
    assertThat(LoraQuery.ALL.withTrigger("ink")).isNotEqualTo(LoraQuery.ALL);
    PromptOptions options = PromptOptions.DEFAULTS;
    assertThat(
            List.of(
                options.withMode(PromptMode.STRICT),
                options.withEmphasis(Emphasis.NONE),
                options.withStyles(List.of(new Style("a", "b", "c"))),
                options.withNegativeLoras(false),
                options.withCommaBacktracking(5),
                options.withPadConds(true),
                options.withOldEditingTimelines(true),
                options.withEmptyNegativeEncoded(true),
                options.withClipSkipOnSdxl(true),
                options.withLimits(PromptLimits.NONE),
                options.withDynamicPrompts(DynamicPrompts.of())))
        .doesNotContain(options)
        .doesNotHaveDuplicates();
    assertThat(options.withDynamicPrompts(DynamicPrompts.of()).withoutDynamicPrompts())
        .isEqualTo(options)
        .hasSameHashCodeAs(options)
        .hasToString(options.toString());
    LoraStrength one = LoraStrength.of(1);
    assertThat(one).isEqualTo(LoraStrength.of(1, 1)).hasSameHashCodeAs(LoraStrength.of(1, 1));
    assertThat(
            List.of(
                one.withTextEncoder(2),
                one.withUnet(StrengthSchedule.constant(2)),
                one.withBlocks(BlockWeights.preset("OUTALL")),
                one.withRankLimit(OptionalInt.of(2))))
        .doesNotContain(one)
        .doesNotHaveDuplicates();
  }
}
