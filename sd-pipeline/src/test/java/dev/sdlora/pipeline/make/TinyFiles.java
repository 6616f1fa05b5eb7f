package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.make.tensors.Uses;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.testkit.TinyModels;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** A small checkpoint, LoRAs for it, and the weights that result from them. */
final class TinyFiles {
  static final Path CHECKPOINT = TinyModels.CHECKPOINT;
  static final Path FOLDER = path("/dev/sdlora/families/diffusers");
  static final Path KOHYA = TinyModels.LORA;
  static final Path PEFT = path("/dev/sdlora/pipeline/lora_peft.safetensors");
  static final Path SDXL = path("/dev/sdlora/pipeline/lora_sdxl.safetensors");

  private TinyFiles() {}

  /** Returns the weights of a float32 pipeline with LoRAs patched in. */
  static Map<String, float[]> weights(Path checkpoint, List<LoraAdapter> loras) {
    ModelFiles model = CheckpointReader.open(checkpoint, CheckpointParts.DEFAULT);
    Map<Network, Map<String, Origin>> origins = model.patchable();
    Map<Network, LiveWeights> live = new EnumMap<>(Network.class);
    Map<String, float[]> values = new TreeMap<>();
    try (Torch torch = Torch.open("cpu")) {
      TensorLoader loader = new TensorLoader(torch);
      origins.forEach(
          (network, weights) ->
              live.put(network, LiveWeights.load(torch, loader, weights, ScalarType.FLOAT32)));
      PatchPlan plan =
          PatchPlan.of(model.layers(), "tiny", model.checkpoint().family(), Uses.open(loras));
      new Patcher(torch, loader, live).apply(plan);
      live.forEach(
          (network, weights) ->
              weights
                  .shapes()
                  .keySet()
                  .forEach(name -> values.put(network + "." + name, weights.values(name))));
      live.values().forEach(LiveWeights::close);
    }
    return values;
  }

  /**
   * Asserts equal changes of weights; the tolerance is a fraction of the largest change of any
   * weight.
   */
  static void assertSameChange(
      Map<String, float[]> actual,
      Map<String, float[]> expected,
      Map<String, float[]> original,
      double tolerance) {
    double largest = 0;
    double worst = 0;
    String where = "";
    for (Map.Entry<String, float[]> entry : expected.entrySet()) {
      float[] before = Objects.requireNonNull(original.get(entry.getKey()));
      float[] made = Objects.requireNonNull(actual.get(entry.getKey()));
      for (int i = 0; i < before.length; i++) {
        largest = Math.max(largest, Math.abs((double) entry.getValue()[i] - before[i]));
        double error = Math.abs((double) made[i] - entry.getValue()[i]);
        if (!(error <= worst)) {
          worst = error;
          where = entry.getKey() + "[" + i + "]";
        }
      }
    }
    assertThat(largest).isPositive();
    assertThat(worst / largest).as("worst at %s", where).isLessThan(tolerance);
  }

  /** Writes a random LoRA with kohya's names for the selected layers. */
  static Path randomLora(Path file, int seed, DType format, Predicate<String> layers) {
    return randomLora(CHECKPOINT, file, seed, format, layers);
  }

  /** Writes a random LoRA for another checkpoint. */
  static Path randomLora(
      Path checkpoint, Path file, int seed, DType format, Predicate<String> layers) {
    UNetFiles model = CheckpointReader.read(checkpoint);
    Random random = new Random(seed);
    SafetensorsWriter writer = new SafetensorsWriter();
    new AdapterMetadata().model(model.checkpoint().family()).pairs().forEach(writer::metadata);
    LayerNames names = KeyNaming.KOHYA.names(model.checkpoint().family());
    Map<Network, Map<String, Origin>> networks = new EnumMap<>(Network.class);
    networks.putAll(model.patchable());
    networks.forEach(
        (network, weights) ->
            weights.forEach(
                (name, origin) -> {
                  List<Long> shape = origin.shape();
                  boolean embedding = name.contains("embeddings");
                  if (shape.size() > 1 && !embedding && layers.test(name)) {
                    String key = names.key(network, name.replace(".weight", ""));
                    addModule(writer, key, shape, random, format);
                  }
                }));
    writer.write(file);
    return file;
  }

  private static void addModule(
      SafetensorsWriter writer, String key, List<Long> shape, Random random, DType format) {
    long rank = 1L + random.nextInt(4);
    List<Long> down = new ArrayList<>(shape);
    down.set(0, rank);
    List<Long> up = new ArrayList<>(List.of(shape.get(0), rank));
    shape.stream().skip(2).forEach(side -> up.add(1L));
    writer.tensor(key + ".lora_down.weight", down, floats(down, random), format);
    writer.tensor(key + ".lora_up.weight", up, floats(up, random), format);
    float alpha = random.nextInt(8) / 2f + 0.5f;
    writer.tensor(key + ".alpha", List.of(), new float[] {alpha}, format);
  }

  private static float[] floats(List<Long> shape, Random random) {
    float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.1 * random.nextGaussian());
    }
    return values;
  }

  /** Writes a checkpoint in float32 with the selected tensors. */
  static Path inFloat32(Path source, Path target, Predicate<String> tensors) {
    return inFloat32(source, target, tensors, (name, values) -> values);
  }

  /** Writes a checkpoint in float32 with other values. */
  static Path inFloat32(
      Path source,
      Path target,
      Predicate<String> tensors,
      BiFunction<String, float[], float[]> change) {
    TensorFile file = TensorFile.open(source);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        if (tensors.test(entry.name())) {
          float[] values = change.apply(entry.name(), reader.floats(entry));
          writer.tensor(entry.name(), entry.shape(), values, DType.F32);
        }
      }
      writer.write(target);
    }
    return target;
  }

  /** Returns the tensors of a file as text: names, dtypes, shapes and bytes. */
  static Map<String, String> tensors(Path path) {
    TensorFile file = TensorFile.open(path);
    Map<String, String> tensors = new LinkedHashMap<>();
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        tensors.put(
            entry.name(),
            entry.dtype() + " " + entry.shape() + " " + reader.bytes(entry).hashCode());
      }
    }
    return tensors;
  }

  private static Path path(String resource) {
    URL url = TinyFiles.class.getResource(resource);
    if (url == null) {
      throw new AssertionError("no test resource " + resource);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
