package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.image.Image;
import dev.sdlora.cli.model.BundledModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that old images with LoRAs can be generated again, even if files were renamed since. */
@Tag("slow")
final class OldImagesTest {
  private static final String SETTINGS =
      "\nSteps: 2, Sampler: Euler, CFG scale: 4, Seed: 7, Size: 64x64, Model hash: %s, Model: old"
          + " model, RNG: NV, Lora hashes: \"my_ink: %s, lost: 0123456789ab\", Version: v1.10.1";

  @TempDir Path folder;
  private Path loras = Path.of("");
  private Path models = Path.of("");
  private String inkHash = "";
  private String modelHash = "";

  @BeforeEach
  void rename() throws IOException {
    loras = Files.createDirectory(folder.resolve("loras"));
    models = Files.createDirectory(folder.resolve("models"));
    Path ink = loras.resolve("renamed since.safetensors");
    Files.copy(BundledModel.loras().resolve("ink_lines.safetensors"), ink);
    Files.copy(BundledModel.checkpoint(), models.resolve("also renamed.safetensors"));
    inkHash = LoraAdapter.open(ink).autoV3();
    modelHash = sha256(BundledModel.checkpoint()).substring(0, 10);
  }

  private static String sha256(Path file) throws IOException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private Path image(String prompt, String modelHash) {
    Path file = folder.resolve("old.png");
    new GeneratedImage(
            Image.of(8, 8, new byte[3 * 8 * 8]), 7, prompt + SETTINGS.formatted(modelHash, inkHash))
        .save(file);
    return file;
  }

  @Test
  void generate_fromPictureOfRenamedFiles_drawsWithThem() {
    Path old = image("a blue heart <lora:my_ink:0.8>", modelHash);
    Path again = folder.resolve("again.png");
    Path direct = folder.resolve("direct.png");

    CommandRun run =
        CommandRun.of(
            "generate",
            "--from",
            old.toString(),
            "--lora-dir",
            loras.toString(),
            "--checkpoint-dir",
            models.toString(),
            "-o",
            again.toString());
    CommandRun.of(
        "generate",
        "a blue heart <lora:ink_lines:0.8>",
        "--steps",
        "2",
        "--sampler",
        "Euler",
        "--cfg",
        "4",
        "--seed",
        "7",
        "--size",
        "64x64",
        "-o",
        direct.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .contains(
            "sd: checkpoint 'old model' is '" + models.resolve("also renamed.safetensors") + "'",
            "sd: LoRA 'my_ink' is '" + loras.resolve("renamed since.safetensors") + "' (hash ");
    assertThat(GeneratedImage.readInfotext(again))
        .startsWith("a blue heart <lora:renamed since:0.8>\n");
    assertThat(Image.read(again).toBufferedImage().getRGB(0, 0, 64, 64, null, 0, 64))
        .isEqualTo(Image.read(direct).toBufferedImage().getRGB(0, 0, 64, 64, null, 0, 64));
  }

  @Test
  void generate_modelThatIsNotThere_isNamedWithItsHash() {
    CommandRun run =
        CommandRun.of(
            "generate",
            "--from",
            image("a", "0123456789").toString(),
            "--checkpoint-dir",
            models.toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "sd: the image's checkpoint 'old model' (hash 0123456789) is missing; choose another"
                + " model with --checkpoint\n");
  }

  @Test
  void info_picture_saysWhatIsThereAndWhatIsMissing() throws IOException {
    String old = image("a <lora:my_ink:0.8> <lora:lost:1>", modelHash).toString();

    CommandRun run =
        CommandRun.of(
            "info", old, "--lora-dir", loras.toString(), "--checkpoint-dir", models.toString());
    JsonNode json =
        JsonMapper.builder()
            .build()
            .readTree(CommandRun.of("info", "--json", old, "--lora-dir", loras.toString()).out());

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "found: checkpoint old model "
                + modelHash
                + " "
                + models.resolve("also renamed.safetensors"),
            "found: LoRA my_ink " + inkHash + " " + loras.resolve("renamed since.safetensors"),
            "missing: LoRA lost 0123456789ab");
    assertThat(json.at("/found/0/name").asText()).isEqualTo("my_ink");
    assertThat(json.at("/missing/0/hash").asText()).isEqualTo("0123456789ab");
    assertThat(CommandRun.of("info", old).out()).doesNotContain("found:");
  }
}
