package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasurementsTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private int run(String... words) throws Exception {
    out.reset();
    log.reset();
    return Measurements.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(log, true, StandardCharsets.UTF_8),
        words);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void quick_twoRuns_printsATableAndComparesWithIt() throws Exception {
    assertThat(run("--quick", "--only", "ceilings,unet-32-256")).isZero();
    assertThat(printed())
        .contains("processors of", "commit ", "| GEMM of side 64, float32 |")
        .contains("| U-Net, small model, 64², float32, packed |");
    Path before = folder.resolve("before.md");
    Files.writeString(before, printed().replaceFirst("\\| [0-9.]+ % \\|", "| 99999999.0 % |"));
    assertThat(run("--quick", "--only", "unet-32-256", "--compare", before.toString()))
        .isEqualTo(1);
    assertThat(printed())
        .contains("Fell by more than 10 %: U-Net, small model, 64², float32, packed.")
        .contains("Not measured now: GEMM of side 64, float32");
  }

  @Test
  void quick_transformers_areMeasuredOnRequest() throws Exception {
    assertThat(run("--quick", "--klein", "--z-image", "--only", "klein-512,z-image-memory"))
        .isZero();
    assertThat(printed())
        .contains("| denoiser, small FLUX.2 klein, 64², bfloat16 |")
        .contains("| memory, small Z-Image, 64², bfloat16, sparing: peak |");
  }

  @Test
  void failedRun_isToldAndTheOthersGoOn() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.safetensors"));
    assertThat(run("--sd15", empty.toString(), "--only", "overlay-16")).isEqualTo(1);
    assertThat(printed()).contains("Failed: overlay-16.");
  }

  @ParameterizedTest
  @CsvSource({
    "--fast, no option --fast; usage: Measurements",
    "--sd15, --sd15 needs a value",
    "--sd15 none.safetensors, --sd15: file not found: none.safetensors",
    "--sdxl none.safetensors, --sdxl: file not found: none.safetensors",
    "--compare none.md, --compare: file not found: none.md",
    "--only nothing, --only: no run starts with \"nothing\"; there are ceilings",
    "--only sdxl, 'and with --sdxl, --klein and --z-image some more'"
  })
  void wrongCall_isOneSentence(String words, String message) throws Exception {
    assertThat(run(words.split(" ", -1))).isEqualTo(2);
    assertThat(log.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    assertThat(log.toString(StandardCharsets.UTF_8)).contains(message);
    assertThat(printed()).isEmpty();
  }

  @Test
  void runs_withSdxl_haveNamesOfTheirOwn() {
    List<MeasuredRun> all = MeasuredRun.all();
    assertThat(all).extracting(MeasuredRun::name).doesNotHaveDuplicates();
    assertThat(MeasurementOptions.parse("--sdxl").runs())
        .contains(all.get(0))
        .extracting(MeasuredRun::name)
        .contains("sdxl-unet-16-1024", "sdxl-memory-16-1024-sparing", "memory-16-1024-sparing")
        .doesNotContain("memory-32-1024-sparing", "memory-16-1024-kept", "reuse");
    assertThat(MeasurementOptions.parse("--only", "memory-32").runs())
        .extracting(MeasuredRun::name)
        .contains("memory-32-1024-kept")
        .hasSize(4);
  }
}
