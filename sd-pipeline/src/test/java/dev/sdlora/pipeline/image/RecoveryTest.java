package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.Recovery.Kind;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of finding an image's files among others, under other names. */
final class RecoveryTest {
  private static final String LAYER =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";

  @TempDir Path folder;
  private Path loras = Path.of("");
  private Path embeddings = Path.of("");
  private Path models = Path.of("");

  @BeforeEach
  void write() throws IOException {
    loras = folder.resolve("loras");
    Files.createDirectories(loras.resolve("sub"));
    embeddings = Files.createDirectory(folder.resolve("embeddings"));
    models = Files.createDirectory(folder.resolve("models"));
  }

  private Path lora(String name, float value) {
    Path path = loras.resolve(name + ".safetensors");
    float[] factors = new float[2 * 32];
    factors[0] = value;
    new SafetensorsWriter()
        .tensor(LAYER + ".lora_down.weight", List.of(2L, 32L), factors, DType.F32)
        .tensor(LAYER + ".lora_up.weight", List.of(32L, 2L), factors, DType.F32)
        .write(path);
    return path;
  }

  private Path embedding(String name, float value) {
    Path path = embeddings.resolve(name + ".safetensors");
    float[] vectors = new float[768];
    vectors[0] = value;
    new SafetensorsWriter().tensor("emb_params", List.of(1L, 768L), vectors, DType.F32).write(path);
    return path;
  }

  private static String autoV3(Path path) {
    return FileHashes.autoV3(TensorFile.open(path));
  }

  private static PromptSpec image(String prompts, String settings) {
    return PromptSpec.fromInfotext(
        prompts + "\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64, " + settings);
  }

  @Test
  void find_renamedLoras_areCalledByTheirNamesHere() {
    Path ink = lora("sub/ink lines v2", 1);
    Path detail = lora("add_detail_by_x", 2);
    lora("other", 3);
    PromptSpec spec =
        image(
            "a ink cat <lora:ink:0.8:0.5> [<lora: detail :te=1>:0.5]\n"
                + "Negative prompt: <lora:ink:0.1>",
            "Hires upscale: 2, Hires prompt: \"b <lora:ink:1>\", Lora hashes: \"ink: %s, detail: %s\""
                .formatted(autoV3(ink), FileHashes.autoV2(detail)));

    Recovery recovery = Recovery.of(spec).loras(LoraLibrary.open(loras)).find();

    assertThat(recovery.spec().prompt())
        .isEqualTo("a ink cat <lora:ink lines v2:0.8:0.5> [<lora:add_detail_by_x:te=1>:0.5]");
    assertThat(recovery.spec().negativePrompt()).isEqualTo("<lora:ink lines v2:0.1>");
    assertThat(recovery.spec().hiresFix().orElseThrow().prompt())
        .contains("b <lora:ink lines v2:1>");
    assertThat(recovery.spec().otherParameters())
        .containsEntry(
            "Lora hashes",
            "ink lines v2: %s, add_detail_by_x: %s"
                .formatted(autoV3(ink), FileHashes.autoV2(detail)));
    assertThat(recovery.missing()).isEmpty();
    assertThat(recovery.found())
        .extracting(item -> item.file().orElseThrow())
        .containsExactly(ink, detail);
    assertThat(recovery.found()).allMatch(Recovery.Item::renamed);
  }

  @Test
  void missing_lorasThatAreNotThere_areToldWithTheirHashes() {
    Path other = lora("style", 1);
    Path same = lora("same", 2);
    LoraLibrary library = LoraLibrary.open(loras);
    PromptSpec spec =
        image(
            "<lora:gone:1> <lora:unhashed:1> <lora:style:1> <lora:same:1> <hypernet:x:1>",
            "Lora hashes: \"gone: 0123456789ab, style: ba9876543210, same: %s\""
                .formatted(autoV3(same)));

    List<Recovery.Item> missing = library.missing(spec);

    assertThat(missing)
        .extracting(Recovery.Item::toString)
        .containsExactly(
            "LoRA 'gone' (hash 0123456789ab) is missing",
            "LoRA 'unhashed' is missing",
            "LoRA 'style' (hash ba9876543210) is missing; '%s' has its name, but is another file"
                .formatted(other));
    assertThat(Recovery.of(spec).loras(library).find().spec()).isEqualTo(spec);
    assertThat(library.findByHash(autoV3(same)).orElseThrow().name()).isEqualTo("same");
    assertThat(library.findByHash("0123456789ab")).isEmpty();
  }

  @Test
  void find_renamedEmbedding_isCalledByItsNameHere() {
    Path easy = embedding("easynegative_v2", 1);
    embedding("other", 2);
    PromptSpec spec =
        image(
            "a cat, EasyNegatively <lora:EasyNegative:1>\n"
                + "Negative prompt: (easynegative:1.2), lost",
            "TI hashes: \"EasyNegative: %s, lost: 0123456789ab, unused: 0123456789ac\""
                .formatted(FileHashes.sha256(easy).substring(0, 12)));

    Recovery recovery = Recovery.of(spec).embeddings(EmbeddingLibrary.open(embeddings)).find();

    assertThat(recovery.spec().negativePrompt()).isEqualTo("(easynegative_v2:1.2), lost");
    assertThat(recovery.spec().prompt()).isEqualTo(spec.prompt());
    assertThat(recovery.missing())
        .extracting(Recovery.Item::toString)
        .containsExactly("embedding 'lost' (hash 0123456789ab) is missing");
    assertThat(recovery.found()).extracting(Recovery.Item::kind).containsExactly(Kind.EMBEDDING);
  }

  @Test
  void find_models_areFoundByHashOfAnyKindOrByName() throws IOException {
    byte[] large = new byte[0x100000 + 0x20000];
    Path model = Files.write(models.resolve("renamed.ckpt"), large);
    Path vae = Files.write(models.resolve("my-vae.pt"), new byte[] {1, 2});
    Path refiner = Files.write(models.resolve("polish.safetensors"), new byte[] {3});
    Recovery recovery =
        Recovery.of(
                image(
                    "a",
                    "Model hash: de2f2560, Model: v1-5, VAE hash: %s, VAE: vae.pt, Refiner: polish"
                            .formatted(FileHashes.autoV2(vae))
                        + " [0123456789], Refiner switch at: 0.8"))
            .checkpoints(models)
            .vaes(models)
            .find();

    assertThat(recovery.file(Kind.CHECKPOINT)).contains(model);
    assertThat(recovery.file(Kind.VAE)).contains(vae);
    assertThat(recovery.file(Kind.REFINER)).isEmpty();
    assertThat(recovery.missing())
        .singleElement()
        .satisfies(missing -> assertThat(missing.namesake()).contains(refiner));
    Recovery byName = Recovery.of(image("a", "Model: RENAMED")).checkpoints(models).find();
    assertThat(byName.file(Kind.CHECKPOINT)).contains(model);
    assertThat(Recovery.of(image("a", "VAE: None")).vaes(models).find().missing()).isEmpty();
  }

  @Test
  void find_hashesOfCivitai_count() {
    Path ink = lora("sub/ink_v9", 1);
    PromptSpec spec =
        image(
            "a <lora:ink:1>",
            "Hashes: {\"model\": \"0123456789\", \"lora:ink\": \"%s\"}"
                .formatted(FileHashes.autoV2(ink)));

    Recovery recovery = Recovery.of(spec).loras(LoraLibrary.open(loras)).checkpoints(models).find();

    assertThat(recovery.spec().prompt()).isEqualTo("a <lora:ink_v9:1>");
    assertThat(recovery.missing())
        .extracting(Recovery.Item::toString)
        .containsExactly("checkpoint '' (hash 0123456789) is missing");
  }

  @Test
  void find_textOfForge_leavesModulesToTheModel() {
    PromptSpec spec =
        image(
            "a",
            "Distilled CFG Scale: 3, Diffusion in Low Bits: bnb-nf4, Module 1: ae, Module 2:"
                + " clip_l");

    Recovery recovery =
        Recovery.of(spec).loras(LoraLibrary.open(loras)).checkpoints(models).vaes(models).find();

    assertThat(recovery.missing()).isEmpty();
    assertThat(recovery.spec().distilledGuidance()).hasValue(3);
    assertThat(recovery.spec().otherParameters())
        .containsEntry("Module 1", "ae")
        .containsEntry("Module 2", "clip_l")
        .containsEntry("Diffusion in Low Bits", "bnb-nf4");
  }

  @Test
  void find_nothingToLookThrough_saysNothing() {
    PromptSpec spec = image("a <lora:ink:1>", "Model hash: 0123456789, Model: x");

    Recovery recovery = Recovery.of(spec).find();

    assertThat(recovery).isEqualTo(new Recovery(spec, List.of(), List.of()));
  }

  @Test
  void find_folderThatIsNone_isAnError() {
    assertThatThrownBy(
            () -> Recovery.of(image("a", "Model: x")).checkpoints(folder.resolve("no")).find())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("does not exist");
  }
}
