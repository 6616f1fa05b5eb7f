package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.ClientConnection;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.shared.DrawingJobs;
import dev.sdlora.server.job.shared.Submission;
import dev.sdlora.server.job.store.RequestFormat;
import io.javalin.http.Context;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code txt2img} and {@code img2img}; the response is sent when the images are finished. */
final class DrawingEndpoints {
  private static final Pattern TASK_ID = Pattern.compile("[A-Za-z0-9_()-]{1,64}");
  private static final Pattern MODEL_HASH = Pattern.compile("Model hash: ([0-9a-f]+)");
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneId.systemDefault());

  /** Fields that only {@code img2img} reads. */
  private static final Set<String> START = Set.of("init_images", "mask");

  /** Fields that the response does not repeat. */
  private static final Set<String> PICTURES =
      Set.of("init_images", "mask", "reference_images", "alwayson_scripts");

  private final DrawingJobs drawings;
  private final SdapiState state;
  private final ErrorMessages messages;

  DrawingEndpoints(DrawingJobs drawings, SdapiState state, ErrorMessages messages) {
    this.drawings = drawings;
    this.state = state;
    this.messages = messages;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/sdapi/v1/txt2img", context -> draw(context, false), RouteCost.JOB),
        Route.post("/sdapi/v1/img2img", context -> draw(context, true), RouteCost.JOB));
  }

  static String timestamp(Job job) {
    return TIMESTAMP.format(job.created());
  }

  private void draw(Context context, boolean fromImage) {
    Fields fields = Bodies.fields(context);
    if (fromImage && fields.texts("init_images").isEmpty()) {
      throw new Refusal(404, "Init image not found");
    }
    if (!fromImage) {
      fields.node().remove(START);
    }
    Overrides options = state.options();
    RequestContext chosen = state.requestContext().chosenBy(fields);
    PromptSpec spec = new DrawingReader(chosen).read(fields, Dialect.A1111, options);
    if (!fields.flag("override_settings_restore_afterwards", true)) {
      state.set(Fields.of(fields.object("override_settings").node()));
    }
    Submission submission =
        Submission.drawing(
            fromImage ? "img2img" : "txt2img",
            fields,
            spec,
            chosen,
            StoredRequest.translated(fields, spec, chosen),
            RequestFormat.PLAIN,
            false);
    try (ClientConnection client = ClientConnection.of(context)) {
      Job job = drawings.submit(submission, taskId(fields));
      client.awaitEnd(job);
      if (job.snapshot().state() == JobState.FAILED) {
        ErrorMessages.Message error = messages.of(job.failure().orElseThrow());
        throw new Refusal(error.status(), error.sentence(), error.headers());
      }
      Answers.json(context, answer(job, spec, fields, chosen));
    }
  }

  private static Optional<String> taskId(Fields fields) {
    Optional<String> id = fields.name("force_task_id");
    if (id.isPresent() && !TASK_ID.matcher(id.get()).matches()) {
      throw new Refusal(
          422, "field 'force_task_id' may only have letters, digits, '_', '-' and brackets");
    }
    return id;
  }

  private ObjectNode answer(Job job, PromptSpec spec, Fields fields, RequestContext chosen) {
    ObjectNode answer = Fields.object();
    ArrayNode images = answer.putArray("images");
    if (fields.flag("send_images", true)) {
      job.images().forEach(image -> images.add(Base64Images.base64(image.png())));
    }
    ObjectNode parameters = fields.node().deepCopy();
    if (!fields.flag("include_init_images", false)) {
      parameters.remove(PICTURES);
    }
    answer.set("parameters", parameters);
    answer.put("info", Fields.text(info(job, spec, fields, chosen.pipeline().checkpoint())));
    return answer;
  }

  private ObjectNode info(Job job, PromptSpec spec, Fields fields, Checkpoint checkpoint) {
    List<JobImage> images = job.images();
    ImageSize size = spec.size().orElseGet(checkpoint::defaultSize);
    long seed = spec.seed().orElse(-1);
    long subseed = spec.variation().seed().orElse(seed);
    ObjectNode info = Fields.object();
    info.put("prompt", spec.prompt());
    info.put("negative_prompt", spec.negativePrompt());
    info.put("seed", seed);
    info.put("subseed", subseed);
    info.put("subseed_strength", spec.variation().strength());
    ArrayNode prompts = info.putArray("all_prompts");
    ArrayNode negativePrompts = info.putArray("all_negative_prompts");
    ArrayNode seeds = info.putArray("all_seeds");
    ArrayNode subseeds = info.putArray("all_subseeds");
    ArrayNode infotexts = info.putArray("infotexts");
    for (JobImage image : images) {
      prompts.add(spec.prompt());
      negativePrompts.add(spec.negativePrompt());
      seeds.add(image.seed());
      subseeds.add(subseed + image.seed() - seed);
      infotexts.add(image.infotext());
    }
    info.put("width", size.width());
    info.put("height", size.height());
    info.put("sampler_name", spec.sampler().label());
    info.put("scheduler", spec.schedule().label());
    info.put("cfg_scale", spec.cfgScale());
    info.put("steps", spec.steps());
    info.put("clip_skip", spec.clipSkip());
    info.put("batch_size", fields.whole("batch_size", 1));
    info.put("restore_faces", false);
    info.put("sd_model_name", checkpoint.name());
    info.put("sd_model_hash", images.stream().findFirst().map(DrawingEndpoints::hash).orElse(null));
    spec.imageToImage().ifPresent(i -> info.put("denoising_strength", i.denoisingStrength()));
    spec.hiresFix().ifPresent(h -> info.put("denoising_strength", h.denoisingStrength()));
    info.putObject("extra_generation_params");
    info.put("index_of_first_image", 0);
    info.put("job_timestamp", timestamp(job));
    info.put("job_id", job.id());
    info.put("interrupted", job.snapshot().state() == JobState.CANCELLED);
    ArrayNode styles = info.putArray("styles");
    fields.texts("styles").forEach(styles::add);
    ArrayNode warnings = info.putArray("warnings");
    job.warnings().forEach(warning -> warnings.add(messages.shown(warning)));
    return info;
  }

  private static String hash(JobImage image) {
    Matcher found = MODEL_HASH.matcher(image.infotext());
    return found.find() ? found.group(1) : "";
  }
}
