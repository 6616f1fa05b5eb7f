package dev.sdlora.pipeline.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyFamilies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests embeddings with vectors for both encoders of SDXL against a checkpoint whose token tables
 * contain the same vectors for a word.
 */
@Tag("slow")
class FamilyEmbeddingsTest {
  private static final int SMALL = 32;
  private static final int LARGE = 64;
  private static final Map<Integer, float[]> VECTORS =
      Map.of(SMALL, vector(SMALL), LARGE, vector(LARGE));

  @TempDir private static Path folder;
  private static Path refiner;
  private static Path taught;
  private static Pipeline pipeline;
  private static Pipeline twin;
  private static int arrays;

  @BeforeAll
  static void open() {
    Path sdxl = whole(TinyFamilies.sdxl(), "sdxl");
    refiner = whole(TinyFamilies.refiner(), "refiner");
    taught = taught(sdxl, "taught-sdxl");
    Path embeddings = folder.resolve("embeddings");
    assertThat(embeddings.toFile().mkdir()).isTrue();
    embedding("zig", "clip_l", SMALL, "clip_g", LARGE);
    embedding("zag", "text_encoders_0", SMALL, "text_encoders_1", LARGE);
    embedding("small", "emb_params", 768, "", 0);
    embedding("half", "clip_g", LARGE, "", 0);
    embedding("large", "clip_l", 768, "clip_g", 1280);
    pipeline = builder(sdxl).embeddingDirectory(embeddings).refiner(refiner).build();
    twin = builder(taught).refiner(taught(refiner, "taught-refiner")).build();
    arrays = pipeline.liveTensors();
  }

  @AfterAll
  static void close() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    pipeline.close();
    twin.close();
  }

  private static Pipeline.Builder builder(Path checkpoint) {
    return Fixtures.float32().checkpoint(Checkpoint.open(checkpoint));
  }

  private static Path whole(Path checkpoint, String name) {
    return FamilyFiles.withWholeVocabulary(checkpoint, folder.resolve(name + ".safetensors"));
  }

  /** Writes a checkpoint in which the vectors replace those of a word. */
  private static Path taught(Path checkpoint, String name) {
    int[] word = ClipTokenizer.standard().encode("cat");
    assertThat(word).hasSize(1);
    return FamilyFiles.withToken(
        checkpoint, word[0], VECTORS, folder.resolve(name + ".safetensors"));
  }

  /** The values are exact in float16. */
  private static float[] vector(int width) {
    float[] vector = new float[width];
    for (int i = 0; i < width; i++) {
      vector[i] = (i * 37 % 64 - 32) / 64f;
    }
    return vector;
  }

  private static void embedding(String name, String first, int width, String second, int other) {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor(first, List.of(1L, (long) width), vector(width), DType.F32);
    if (other > 0) {
      writer.tensor(second, List.of(1L, (long) other), vector(other), DType.F32);
    }
    writer.write(folder.resolve("embeddings").resolve(name + ".safetensors"));
  }

  private static PromptSpec.Builder spec(String prompt) {
    return PromptSpec.builder().prompt(prompt).size(64, 64).steps(3).seed(5);
  }

  private static byte[] rgb(Pipeline of, PromptSpec.Builder spec) {
    return of.generate(spec.build()).first().rgb();
  }

  @ParameterizedTest
  @CsvSource({
    "a zig, a cat",
    "a zag, a cat",
    "'(zig:1.3), [red:zag:0.5]', '(cat:1.3), [red:cat:0.5]'",
    "b b b b BREAK zig, b b b b BREAK cat"
  })
  void generate_embedding_isAWordWithItsVectors(String named, String word) {
    byte[] picture = rgb(pipeline, spec(named));
    assertThat(picture).isEqualTo(rgb(twin, spec(word))).isNotEqualTo(rgb(pipeline, spec(word)));
  }

  @Test
  void generate_negativePrompt_namesEmbeddingsToo() {
    assertThat(rgb(pipeline, spec("a dog").negativePrompt("zig")))
        .isEqualTo(rgb(twin, spec("a dog").negativePrompt("cat")));
  }

  /** The refiner's encoder is the second one of SDXL. */
  @Test
  void generate_refiner_readsTheVectorsForItsEncoder() {
    byte[] named = rgb(pipeline, spec("a zig").refinerSwitch(0.5));
    assertThat(named).isEqualTo(rgb(twin, spec("a cat").refinerSwitch(0.5)));
    // If only the base model knows the word, the image is different.
    try (Pipeline partly = builder(taught).refiner(refiner).build()) {
      assertThat(rgb(partly, spec("a cat").refinerSwitch(0.5))).isNotEqualTo(named);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "small, SD1, SD 1.x (vectors of width 768)",
    "half, UNKNOWN, another model (vectors of width 64)",
    "large, SDXL, SDXL (vectors of width 768 and 1280)"
  })
  void generate_embeddingOfAnotherModel_isAnErrorOrText(
      String name, ModelFamily family, String found) {
    PromptSpec.Builder named = spec("a " + name);
    assertThatThrownBy(() -> pipeline.generate(named.build()))
        .isInstanceOfSatisfying(
            EmbeddingException.class, e -> assertThat(e.details().foundFamily()).contains(family))
        .hasMessage(
            "embedding '%s' is for %s, but checkpoint 'sdxl' is SDXL, whose text encoders read"
                + " vectors of width 32 and 64",
            name, found);
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    GenerationResult lenient = pipeline.generate(named.lenient(true).build());
    assertThat(lenient.warnings()).singleElement().asString().endsWith("was read as text");
    assertThat(lenient.first().rgb()).isEqualTo(rgb(twin, spec("a " + name)));
  }

  @Test
  void build_embeddingOfSdxlForSd1_namesBoth() {
    Pipeline.Builder builder =
        builder(Fixtures.CHECKPOINT)
            .embedding(Embedding.open(folder.resolve("embeddings/large.safetensors")));
    assertThatThrownBy(builder::build)
        .isInstanceOf(EmbeddingException.class)
        .hasMessage(
            "embedding 'large' is for SDXL (vectors of width 768 and 1280), but checkpoint"
                + " 'tiny-sd1' is SD 1.x, whose text encoder reads vectors of width 32");
  }
}
