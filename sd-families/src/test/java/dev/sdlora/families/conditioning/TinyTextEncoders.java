package dev.sdlora.families.conditioning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.transformer.T5;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.t5.T5Tokenizer;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.tensorkit.GoldenTensors;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text encoders of the goldens with tables for whole vocabularies, in which the tokens of one
 * text have the vectors of the goldens' tokens.
 */
final class TinyTextEncoders implements AutoCloseable {
  /** Has as many tokens as the text of the goldens, in CLIP and in T5, with the same repetition. */
  static final String TEXT = "a cyberpunk lighthouse A photo";

  private static final Path FOLDER =
      GoldenTensors.folder("/dev/sdlora/families").resolve("transformer").resolve("text");
  private static final int CLIP_ROWS = 49_408;
  private static final int T5_ROWS = 32_128;

  private final TensorFile file = TensorFile.open(FOLDER.resolve("encoders.safetensors"));
  private final TensorFile goldens = TensorFile.open(FOLDER.resolve("golden.safetensors"));
  private final EncodedChunks known = new EncodedChunks();
  private final Torch torch = Torch.open("cpu");
  private final NDManager arrays = torch.scope();

  private TinyTextEncoders() {}

  static TinyTextEncoders open() {
    return new TinyTextEncoders();
  }

  @Override
  public void close() {
    torch.close();
  }

  NDManager scope() {
    return torch.scope();
  }

  /** Returns one of two rows of a golden. */
  float[] golden(String name, int row) {
    float[] both = floats(goldens, name);
    return Arrays.copyOfRange(both, row * both.length / 2, (row + 1) * both.length / 2);
  }

  AppliedEncoder clipL() {
    return clip(0, "clip_l", ClipConfig.Kind.OPENAI, ClipConfig.Reading.END, 0);
  }

  AppliedEncoder clipLOfSd3() {
    return clip(0, "clip_l", ClipConfig.Kind.OPENAI, ClipConfig.Reading.PENULTIMATE_AND_END, 0);
  }

  AppliedEncoder clipG() {
    return clip(1, "clip_g", ClipConfig.Kind.OPEN_CLIP, ClipConfig.Reading.PENULTIMATE, 32);
  }

  private AppliedEncoder clip(
      int index, String name, ClipConfig.Kind kind, ClipConfig.Reading reading, int projection) {
    ClipConfig config = new ClipConfig(32, 4, 4, 64, 1000, 77, kind, reading, projection);
    ClipConfig whole = new ClipConfig(32, 4, 4, 64, CLIP_ROWS, 77, kind, reading, projection);
    String prefix = "text_encoders." + name + ".transformer.";
    String table = "text_model.embeddings.token_embedding.weight";
    int[] own =
        Chunks.of(List.of(new WeightedText(TEXT, 1)), ClipTokenizer.standard()).get(0).ids();
    LiveWeights weights = load(prefix, config.weights());
    TensorDict dict =
        withTable(weights, table, prefix, own, ids("clip.input_ids_small_l", 77), CLIP_ROWS);
    return new AppliedEncoder(
        index, new TextEncoder(torch, whole, weights).reading(dict), EncoderWeights.PLAIN, known);
  }

  AppliedEncoder t5() {
    T5Config config = new T5Config(80, 4, 16, 160, 2, 400, 32);
    T5Config whole = new T5Config(80, 4, 16, 160, 2, T5_ROWS, 32);
    String prefix = "text_encoders.t5xxl.transformer.";
    int[] text = T5Tokenizer.load().encode(TEXT);
    int[] own = Arrays.copyOf(text, text.length + 1);
    own[text.length] = T5Tokenizer.END;
    LiveWeights weights = load(prefix, config.weights());
    TensorDict dict =
        withTable(weights, "shared.weight", prefix, own, ids("t5.input_ids", 16), T5_ROWS);
    return new AppliedEncoder(
        2, new T5(torch, whole, weights).reading(() -> dict), EncoderWeights.PLAIN, known);
  }

  /** Returns T5 with its own table of 400 rows. */
  AppliedEncoder smallT5() {
    T5Config config = new T5Config(80, 4, 16, 160, 2, 400, 32);
    LiveWeights weights = load("text_encoders.t5xxl.transformer.", config.weights());
    return new AppliedEncoder(3, new T5(torch, config, weights), EncoderWeights.PLAIN, known);
  }

  /** Returns the tokens of the goldens' first text. */
  private int[] ids(String name, int count) {
    TensorEntry entry = goldens.find(name).orElseThrow();
    try (TensorFile.Reader reader = goldens.reader()) {
      long[] all =
          new long[entry.shape().stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b)];
      reader.bytes(entry).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(all);
      return Arrays.stream(all).limit(count).mapToInt(Math::toIntExact).toArray();
    }
  }

  private LiveWeights load(String prefix, Map<String, List<Long>> wanted) {
    Map<String, Origin> origins = new LinkedHashMap<>();
    wanted.forEach(
        (name, shape) ->
            origins.put(name, new Origin(file, file.find(prefix + name).orElseThrow(), shape)));
    return LiveWeights.load(torch, new TensorLoader(torch), origins, ScalarType.FLOAT32, Map.of());
  }

  private TensorDict withTable(
      LiveWeights weights, String name, String prefix, int[] own, int[] golden, int rows) {
    float[] small = floats(file, prefix + name);
    int width = Math.toIntExact(file.find(prefix + name).orElseThrow().shape().get(1));
    float[] table = new float[rows * width];
    // Padding has the same number in both.
    System.arraycopy(small, 0, table, 0, width);
    for (int i = 0; i < own.length; i++) {
      System.arraycopy(small, golden[i] * width, table, own[i] * width, width);
    }
    Map<String, NDArray> entries = new LinkedHashMap<>(weights.entries());
    entries.put(name, Torch.floats(arrays, table, rows, width));
    return TensorDict.of(entries);
  }

  private static float[] floats(TensorFile from, String name) {
    try (TensorFile.Reader reader = from.reader()) {
      return reader.floats(from.find(name).orElseThrow());
    }
  }
}
