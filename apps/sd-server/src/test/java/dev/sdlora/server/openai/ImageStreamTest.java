package dev.sdlora.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobProgress;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.Work;
import java.awt.image.BufferedImage;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The order of events of a job whose reports arrive faster than they are sent. */
class ImageStreamTest {
  private static final ImageSize SIZE = new ImageSize(8, 8);
  private static final JobImage IMAGE =
      (JobImage)
          Proxy.newProxyInstance(
              JobImage.class.getClassLoader(),
              new Class<?>[] {JobImage.class},
              (proxy, method, arguments) -> method.getName().equals("png") ? new byte[1] : 0L);

  /** Two images of two steps each, of which every preview is kept. */
  private static final class TwoImages implements Work {
    final CompletableFuture<Outcome> end = new CompletableFuture<>();

    @Override
    public String title() {
      return "two images";
    }

    @Override
    public int parts() {
      return 2;
    }

    @Override
    public CompletableFuture<Outcome> start(JobProgress progress) {
      progress.begun();
      for (int image = 0; image < 2; image++) {
        progress.partBegun();
        for (int step = 1; step <= 2; step++) {
          progress.step(step, 2, Optional.of(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)));
        }
        progress.image(IMAGE);
      }
      return end;
    }

    @Override
    public void cancel() {}
  }

  @Test
  void previewsAndImages_inTheOrderOfDrawing_warningsWithTheLast() {
    TwoImages work = new TwoImages();
    JobQueue queue = new JobQueue(1, 1, 1, (job, end) -> {});
    Job job = queue.submit(new Job.Request("test", work, Fields.object(), 2), Optional.empty());
    List<String> sent = new ArrayList<>();
    ImageStream stream =
        new ImageStream(
            (event, data) -> sent.add(event + (data.has("warnings") ? data.get("warnings") : "")),
            job,
            "x",
            new ImageAnswer("png", 100, Optional.empty()),
            SIZE);
    stream.send();
    assertThat(sent)
        .containsExactly(
            "x.partial_image",
            "x.partial_image",
            "x.completed",
            "x.partial_image",
            "x.partial_image");
    stream.end(List.of("a warning"));
    assertThat(sent).hasSize(6).last().isEqualTo("x.completed[\"a warning\"]");
  }
}
