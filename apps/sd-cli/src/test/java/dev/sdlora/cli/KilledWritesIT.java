package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.tensors.file.TensorFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the packaged program with SIGKILL, at random moments and in the middle of writes: every
 * file is either the old one or a complete new one. {@code -Dsd.kills=100} sets the number of
 * kills, instead of the few that fit in a test.
 */
final class KilledWritesIT {
  private static final int KILLS = Integer.getInteger("sd.kills", 6);
  private static final long LONGEST_MILLIS = 3000;
  private static final Path APP = Path.of("target/app").toAbsolutePath();

  /**
   * Each call writes its own files repeatedly over the old ones. The number of calls is odd, so
   * that each is killed alternately at random and during a write.
   */
  private static final List<String> CALLS =
      List.of(
          "train pictures --trigger badge -o t.safetensors --steps 30 --batch 1 --save-every 1"
              + " --no-samples",
          "generate x --images 9 --steps 1 --size 64x64 -o g.png --preview p.png",
          "lora convert zorp.safetensors --to peft -o c.safetensors",
          "upscale g-1.png --scale 8 -o u.png",
          "lora bake zorp --out b.safetensors",
          "grid x --steps 1 --size 64x64 --x seed=1,2 -o x.png",
          "lora merge zorp night=0.5 -o m.safetensors",
          "train pictures --trigger badge -o s.safetensors --steps 4 --batch 1 --sample-every 1",
          "generate x --images 9 --steps 1 --size 64x64 -o g.jpg",
          "lora resize zorp.safetensors --rank 2 -o r.safetensors",
          "checkpoint merge %1$s %1$s -o k.safetensors".formatted(BundledModel.checkpoint()));

  @TempDir Path folder;

  /** Writes old files that a half-written one would replace. */
  @BeforeEach
  void writeOldFiles() throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    BufferedImage badge = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
    for (String name : List.of("badge-01", "badge-02")) {
      ImageIO.write(badge, "png", pictures.resolve(name + ".png").toFile());
      Files.writeString(pictures.resolve(name + ".txt"), "a badge on a black background");
    }
    Path lora = BundledModel.loras().resolve("zorp.safetensors");
    byte[] oldLora = Files.readAllBytes(lora);
    byte[] oldPicture = Files.readAllBytes(folder.resolve("pictures/badge-01.png"));
    Files.write(folder.resolve("zorp.safetensors"), oldLora);
    for (String name : List.of("t", "c", "b", "m", "s", "r", "k")) {
      Files.write(folder.resolve(name + ".safetensors"), oldLora);
    }
    for (String name : List.of("g-1", "g-2", "p", "u", "x", "t-loss")) {
      Files.write(folder.resolve(name + ".png"), oldPicture);
    }
  }

  @Test
  void kill_atAnyMoment_leavesOldFilesOrNewOnes() throws Exception {
    SplittableRandom random = new SplittableRandom(42);
    int inTheMiddle = 0;
    for (int i = 0; i < KILLS; i++) {
      String call = CALLS.get(i % CALLS.size());
      boolean whileWriting = i % 2 == 0;
      inTheMiddle += run(call, whileWriting, random) ? 1 : 0;
      assertWhole("kill " + i + " of " + call);
    }
    // Otherwise this would test nothing: half of the kills wait for a file that is being written.
    assertThat(inTheMiddle).isPositive();
  }

  /** Runs a command and kills it; returns whether a write was in progress. */
  private boolean run(String call, boolean whileWriting, SplittableRandom random)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(APP.resolve("bin/sd").toString()));
    command.addAll(Arrays.asList(call.split(" ")));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    long begin = System.nanoTime();
    if (whileWriting) {
      List<Path> before = partials();
      while (process.isAlive() && before.containsAll(partials())) {
        Thread.onSpinWait();
      }
    } else {
      process.waitFor(random.nextLong(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
    }
    boolean alive = process.isAlive();
    process.destroyForcibly().waitFor();
    System.out.printf(
        "%s: %s after %s ms%n",
        call, alive ? "killed" : "ended", (System.nanoTime() - begin) / 1_000_000);
    return alive && whileWriting;
  }

  private List<Path> partials() throws IOException {
    return files().filter(file -> file.toString().endsWith(".part")).toList();
  }

  private Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList().stream();
    }
  }

  private void assertWhole(String when) throws IOException {
    for (Path file : files().toList()) {
      String name = file.getFileName().toString();
      if (name.endsWith(".safetensors")) {
        assertThat(TensorFile.open(file).tensors()).as(when + ": " + name).isNotEmpty();
      } else if (name.endsWith(".png") || name.endsWith(".jpg")) {
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(picture).as(when + ": " + name).isNotNull();
        if (name.endsWith(".jpg")) { // a truncated JPEG would be read as grey below
          assertThat(Files.readAllBytes(file)).endsWith((byte) 0xff, (byte) 0xd9);
        }
      } else {
        // The next training to the same file takes over the lock, and deletes it at its end.
        assertThat(name).as(when).matches("log|\\.sd-.*\\.part|.*\\.json|\\..*\\.lock");
      }
    }
  }
}
