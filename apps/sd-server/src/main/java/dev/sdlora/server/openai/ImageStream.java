package dev.sdlora.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.KeptPreview;
import java.util.List;
import java.util.function.BiConsumer;

/** Sends the previews and images of a job as events, in the order in which they were drawn. */
final class ImageStream {
  private final BiConsumer<String, JsonNode> stream;
  private final Job job;
  private final String event;
  private final ImageAnswer form;
  private final ImageSize size;
  private int previews;
  private int images;

  ImageStream(
      BiConsumer<String, JsonNode> stream,
      Job job,
      String event,
      ImageAnswer form,
      ImageSize size) {
    this.stream = stream;
    this.job = job;
    this.event = event;
    this.form = form;
    this.size = size;
  }

  /** Sends what is new, except the last image of the job, whose event has the warnings. */
  void send() {
    send(job.parts() - 1, List.of());
  }

  /** Sends the rest of an ended job, and its warnings with the last image. */
  void end(List<String> warnings) {
    send(job.parts(), warnings);
  }

  private void send(int limit, List<String> warnings) {
    Job.Pictures drawn = job.pictures();
    for (KeptPreview preview : drawn.previews().subList(previews, drawn.previews().size())) {
      sendImages(drawn.images(), preview.finished(), List.of());
      stream.accept(
          event + ".partial_image",
          form.partial(event + ".partial_image", preview.image(), previews, size));
      previews++;
    }
    sendImages(drawn.images(), Math.min(limit, drawn.images().size()), warnings);
  }

  private void sendImages(List<JobImage> drawn, int limit, List<String> warnings) {
    for (; images < limit; images++) {
      stream.accept(
          event + ".completed",
          form.completed(
              event + ".completed",
              drawn.get(images),
              images == drawn.size() - 1 ? warnings : List.of(),
              size));
    }
  }
}
