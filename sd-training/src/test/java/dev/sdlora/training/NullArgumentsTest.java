package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.grid.VariationGrid;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.LoraMerging;
import dev.sdlora.api.make.LoraResizing;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptCompleter;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Null arguments are rejected immediately and by name in all public classes that callers pass
 * arguments to: those of the API, of grids, of making files and of training runs.
 */
class NullArgumentsTest {
  private static final Path FILE = Path.of("some.safetensors");

  /** Types that callers only read or that call them. */
  private static final String[] MADE_BY_THE_LIBRARY = {
    "Listener",
    "PromptNode",
    "PromptExplanation",
    "LoraReport",
    "LoraDetails",
    "LoraEffect",
    "LoraFit",
    "LoraConflicts",
    "CheckpointDistance",
    "GenerationResult",
    "TriggerWord",
    "TrainingPlan",
    "TrainingProgress",
    "TrainingResult",
    "Created",
    "ConvertedWeights",
    "SkippedLayers",
    "FileDescription",
    "DeviceInfo",
    "Recovery$Item",
    "BlockChange"
  };

  private static final Map<Class<?>, Object> EIGHT =
      Map.of(int.class, 8, long.class, 8L, double.class, 8.0, float.class, 8f);
  private static final LoraAdapter ADAPTER = new LoraAdapter(FILE, ModelFamily.SD1, 1, 1, Map.of());
  private static final Image PICTURE = Image.of(8, 8, new byte[3 * 8 * 8]);

  /** Objects to call methods on and to pass as the other arguments. */
  private static final Map<Class<?>, Object> OBJECTS = objects();

  private static Map<Class<?>, Object> objects() {
    Map<Class<?>, Object> objects = new HashMap<>();
    for (Object object :
        List.of(
            FILE,
            PICTURE,
            "1",
            Pipeline.builder(),
            PromptSpec.builder(),
            PromptSpec.builder().build(),
            ErrorDetails.NONE,
            SamplerOptions.builder(),
            SamplerOptions.DEFAULTS,
            SpeedOptions.builder(),
            GuidanceRange.ALL,
            HiresFix.builder(),
            DetailPass.builder("face"),
            ControlUnit.builder(FILE, PICTURE),
            ImageToImage.builder(PICTURE),
            Inpainting.builder(PICTURE),
            Inpainting.builder(PICTURE).build(),
            new Embedding(FILE, "some", 1, List.of(768)),
            ADAPTER,
            LoraQuery.ALL,
            BlockWeights.ALL,
            StrengthSchedule.constant(1),
            Upscaler.LATENT,
            Variation.NONE,
            new Style("ink", "ink drawing", ""),
            RegionMask.of(PICTURE),
            ImagePrompt.of(FILE, PICTURE),
            PromptOptions.DEFAULTS,
            DynamicPrompts.of(),
            new CheckpointBuilder(FILE, ModelFamily.SD1).build(),
            Prompt.parse("a"),
            LoraStrength.of(1, 1),
            new PromptCompleter((LoraLibrary) implementation(LoraLibrary.class), () -> List.of()),
            new PromptCompleter.Completion(PromptCompleter.Kind.LORA, "a", new Span(0, 1)),
            new GeneratedImage(PICTURE, 1, ""),
            Preprocessor.CANNY,
            TrainingSet.of(List.of(TrainingExample.of(FILE, ""))),
            new ImageSize(8, 8),
            Duration.ofSeconds(1),
            List.of(),
            Map.of(),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            PICTURE.toBufferedImage(),
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            Axis.seeds(1),
            VariationGrid.of(PromptSpec.builder().build(), Axis.seeds(1)),
            CheckpointParts.builder(),
            CheckpointParts.DEFAULT,
            SizeConditioning.DEFAULTS,
            CheckpointMerging.weightedSum(FILE, FILE),
            LoraBaking.into(FILE, List.of(ADAPTER)),
            LoraConversion.toKohya(FILE),
            LoraExtraction.between(FILE, FILE),
            LoraMerging.of(List.of(ADAPTER)),
            WeightConversion.of(FILE, FileFormat.BF16),
            LoraResizing.of(FILE),
            Recovery.of(PromptSpec.builder().build()),
            new Recovery(PromptSpec.builder().build(), List.of(), List.of()),
            TrainingExample.of(FILE, ""),
            LoraTrainer.builder())) {
      objects.put(object.getClass(), object);
    }
    return objects;
  }

  @Test
  void publicMethods_null_isRefusedByName() {
    List<String> wrong = new ArrayList<>();
    int asked = 0;
    for (Class<?> type : types()) {
      for (Executable executable : executables(type)) {
        Parameter[] parameters = executable.getParameters();
        for (int i = 0; i < parameters.length; i++) {
          if (!parameters[i].getType().isPrimitive()
              && !parameters[i].getAnnotatedType().isAnnotationPresent(Nullable.class)) {
            asked++;
            String answer = answer(executable, i);
            if (!answer.equals(parameters[i].getName())) {
              wrong.add(
                  executable.toGenericString() + " " + parameters[i].getName() + ": " + answer);
            }
          }
        }
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(asked).isGreaterThan(150);
  }

  private static List<Class<?>> types() {
    return Stream.of(
            Pipeline.class,
            ErrorDetails.class,
            Image.class,
            LoraStrength.class,
            ModelFamily.class,
            Prompt.class,
            SamplerOptions.class,
            Axis.class,
            LoraBaking.class,
            LoraTrainer.class)
        .<Class<?>>flatMap(anchor -> classesBeside(anchor).stream())
        .filter(NullArgumentsTest::isPublic)
        .filter(type -> !Throwable.class.isAssignableFrom(type))
        .filter(
            type -> Stream.of(MADE_BY_THE_LIBRARY).noneMatch(made -> type.getName().contains(made)))
        .toList();
  }

  /** All classes of a package, in a folder or in a jar. */
  private static List<Class<?>> classesBeside(Class<?> anchor) {
    try {
      Path source = Path.of(anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(source)) {
        return classes(anchor, source);
      }
      try (FileSystem jar = FileSystems.newFileSystem(source)) {
        return classes(anchor, jar.getPath("/"));
      }
    } catch (IOException | URISyntaxException | ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Class<?>> classes(Class<?> anchor, Path root)
      throws IOException, ClassNotFoundException {
    List<Class<?>> classes = new ArrayList<>();
    String folder = anchor.getPackageName().replace('.', '/');
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(folder), "*.class")) {
      for (Path file : files) {
        String name = file.getFileName().toString().replace(".class", "");
        if (!name.equals("package-info")) {
          classes.add(Class.forName(anchor.getPackageName() + "." + name));
        }
      }
    }
    return classes;
  }

  private static boolean isPublic(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      if (!Modifier.isPublic(each.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  private static List<Executable> executables(Class<?> type) {
    return Stream.<Executable>concat(
            Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()))
        .filter(executable -> Modifier.isPublic(executable.getModifiers()))
        .filter(executable -> !executable.isSynthetic())
        .filter(executable -> !Modifier.isAbstract(executable.getModifiers()))
        .filter(executable -> !List.of("equals", "valueOf").contains(executable.getName()))
        .toList();
  }

  /** The message of the NullPointerException, or the actual result. */
  private static String answer(Executable executable, int index) {
    @Nullable Object[] arguments =
        Arrays.stream(executable.getParameterTypes()).map(NullArgumentsTest::some).toArray();
    arguments[index] = null;
    try {
      if (executable instanceof Constructor<?> constructor) {
        constructor.newInstance(arguments);
      } else {
        Method method = (Method) executable;
        Object object = some(method.getDeclaringClass());
        if (object == null && !Modifier.isStatic(method.getModifiers())) {
          return "not asked: no object";
        }
        method.invoke(object, arguments);
      }
      return "accepted";
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      return cause instanceof NullPointerException ? "" + cause.getMessage() : "" + cause;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return "not asked: " + e;
    }
  }

  private static @Nullable Object some(Class<?> type) {
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    if (type == boolean.class) {
      return true;
    }
    if (type.isPrimitive()) {
      return EIGHT.get(type);
    }
    if (type.isArray()) {
      return Array.newInstance(type.getComponentType(), 1);
    }
    return OBJECTS.entrySet().stream()
        .filter(entry -> type.isAssignableFrom(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseGet(() -> type.isInterface() ? implementation(type) : null);
  }

  /** A proxy that only runs the interface's default methods. */
  private static Object implementation(Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) ->
            method.isDefault() ? InvocationHandler.invokeDefault(proxy, method, arguments) : null);
  }
}
