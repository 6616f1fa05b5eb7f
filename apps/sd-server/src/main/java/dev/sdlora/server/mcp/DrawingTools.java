package dev.sdlora.server.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.shared.Submission;
import dev.sdlora.server.job.store.RequestFormat;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The tools that draw images: each call is a job of the queue with one image. */
final class DrawingTools {
  private static final int LEAST_SIDE = 64;
  private static final int MOST_SIDE = 16_384;

  /** Pixels of an edited image if the call sets no size; models draw larger ones badly. */
  private static final double MOST_EDITED_PIXELS = 1024.0 * 1024;

  private static final String PROMPT =
      "The image in words, in A1111's syntax: (word:1.2) for more weight, [word] for less, AND"
          + " between several prompts, <lora:NAME:WEIGHT> for a LoRA of list_loras.";

  private final Supplier<DrawingModel> model;
  private final RequestLimits limits;
  private final Consumer<String> limit;
  private final boolean files;

  /**
   * Creates the tools.
   *
   * @param model the model, which the first call may load
   * @param limits the limits of a request
   * @param limit counts a drawing of a client, and throws {@link Refusal} if it draws too many
   * @param files whether images can be named by their paths
   */
  DrawingTools(
      Supplier<DrawingModel> model, RequestLimits limits, Consumer<String> limit, boolean files) {
    this.model = model;
    this.limits = limits;
    this.limit = limit;
    this.files = files;
  }

  List<Tool> tools() {
    return List.of(
        new Tool(
            "generate_image",
            "Generate an image",
            "Draws an image from a prompt. Returns it as PNG with its settings, and a name by"
                + " which edit_image accepts it.",
            true,
            settings(new Arguments().required("prompt", PROMPT), "that of the model"),
            (fields, call, progress) -> draw("txt2img", fields, call, progress)),
        new Tool(
            "edit_image",
            "Edit an image",
            "Draws an image anew from a prompt, completely or inside a mask. Returns it as"
                + " generate_image does.",
            true,
            settings(
                new Arguments()
                    .required(
                        "image",
                        "The image to edit: a name that another call returned, such as job:ID/0,"
                            + (files ? " the path of a file, such as file:/home/me/photo.png," : "")
                            + " or a PNG or JPEG file in base64, also as a data: URL.")
                    .required("prompt", PROMPT)
                    .setting("strength", "denoising_strength")
                    .text(
                        "mask",
                        "An image, like the argument image, that is white where the image changes"
                            + " and black where it stays. Default: all of it changes."),
                "that of the image, with at most 1024x1024 pixels"),
            (fields, call, progress) -> draw("img2img", fields, call, progress)));
  }

  private Arguments settings(Arguments arguments, String size) {
    long side = Math.min(MOST_SIDE, Math.max(LEAST_SIDE, limits.pixels() / LEAST_SIDE));
    String together =
        limits.pixels() == Long.MAX_VALUE
            ? ""
            : " Width times height is at most %s.".formatted(limits.pixels());
    if (!files) {
      arguments.text(
          "result",
          "image for the image as PNG, or link for its address instead, which is text and opens"
              + " without a key for an hour. Default: image.");
    }
    return arguments
        .text("model", "A model of list_models. Default: the first one of the list.")
        .setting("negative_prompt", "negative_prompt")
        .whole(
            "width",
            "Width in pixels. Default: %s.%s".formatted(size, together),
            LEAST_SIDE,
            side,
            8)
        .whole(
            "height",
            "Height in pixels. Default: %s.%s".formatted(size, together),
            LEAST_SIDE,
            side,
            8)
        .setting("steps", "steps")
        .whole(
            "seed",
            "Seed of the noise; the same seed and settings give the same image. Default: -1, a"
                + " random one.",
            -1,
            (1L << 53) - 1,
            1)
        .setting("cfg_scale", "cfg_scale")
        .object(
            "settings", "Other settings of list_settings, such as {\"sampler_name\": \"DDIM\"}.");
  }

  private List<McpSchema.Content> draw(
      String kind, Fields arguments, Call call, Call.Progress progress) {
    limit.accept(call.client());
    boolean link = linked(arguments);
    progress.begin();
    DrawingModel loaded = model.get();
    OtherSettings.spread(arguments);
    RequestContext requestContext = chosen(arguments, loaded.requestContext());
    Fields fields = kind.equals("img2img") ? edit(arguments, requestContext) : arguments;
    requirePixels(fields, requestContext);
    PromptSpec spec =
        new DrawingReader(requestContext).read(fields, Dialect.LIBRARY, Overrides.NONE);
    // The library calls tools on threads of its own.
    Job job =
        call.origin()
            .within(
                () ->
                    loaded
                        .drawings()
                        .submit(
                            Submission.drawing(
                                kind,
                                fields,
                                spec,
                                requestContext,
                                StoredRequest.translated(fields, spec, requestContext),
                                RequestFormat.PLAIN,
                                false),
                            Optional.empty()));
    JobState end = call.awaitEnd(job, progress).state();
    if (end == JobState.FAILED) {
      throw Refusal.of(loaded.messages().of(job.failure().orElseThrow()));
    }
    if (job.images().isEmpty()) {
      throw new Refusal(503, "the drawing was cancelled");
    }
    return content(job, loaded, Optional.of(call).filter(one -> link));
  }

  /** Whether the result is a link. Some clients read nothing but text. */
  private static boolean linked(Fields arguments) {
    String result = arguments.name("result").orElse("image");
    arguments.node().remove("result");
    if (!result.equals("image") && !result.equals("link")) {
      throw new FieldException(
          "result", "argument 'result' must be image or link: '%s'".formatted(result));
    }
    return result.equals("link");
  }

  private static RequestContext chosen(Fields arguments, RequestContext requestContext) {
    RequestContext chosen =
        requestContext
            .chosenBy(arguments, "model")
            .orElseGet(() -> requestContext.with(requestContext.model()));
    arguments.node().remove("model");
    return chosen;
  }

  private static void requirePixels(Fields fields, RequestContext requestContext) {
    ImageSize usual = requestContext.pipeline().checkpoint().defaultSize();
    long width = fields.whole("width", usual.width());
    long height = fields.whole("height", usual.height());
    if (width * height > requestContext.limits().pixels()) {
      throw new FieldException(
          "width",
          "arguments 'width' and 'height' make %sx%s pixels; the limit is %s in total"
              .formatted(width, height, requestContext.limits().pixels()));
    }
  }

  private static List<McpSchema.Content> content(
      Job job, DrawingModel loaded, Optional<Call> linked) {
    JobImage image = job.images().get(0);
    List<McpSchema.Content> content = new ArrayList<>();
    String path = "/api/jobs/%s/images/0".formatted(job.id());
    content.add(
        linked
            .flatMap(call -> call.link(path))
            .<McpSchema.Content>map(Tool::text)
            .orElseGet(
                () ->
                    McpSchema.ImageContent.builder(Base64Images.base64(image.png()), "image/png")
                        .build()));
    content.add(Tool.text(image.infotext()));
    content.add(Tool.text("The name of this image for edit_image: job:%s/0".formatted(job.id())));
    job.warnings()
        .forEach(warning -> content.add(Tool.text("Warning: " + loaded.messages().shown(warning))));
    return content;
  }

  /** Translates the arguments of an edit to A1111's fields. */
  private static Fields edit(Fields arguments, RequestContext requestContext) {
    ObjectNode node = arguments.node();
    String image = arguments.text("image").orElseThrow();
    Image given = decoded("image", image, requestContext);
    arguments.ifName("mask", mask -> decoded("mask", mask, requestContext));
    boolean whole = arguments.name("mask").isEmpty() && !arguments.has("strength");
    node.remove("image");
    if (whole && requestContext.readsReferences()) {
      node.putArray("reference_images").add(image);
    } else {
      node.putArray("init_images").add(image);
      arguments.number("strength").ifPresent(some -> node.put("denoising_strength", some));
    }
    if (arguments.name("mask").isPresent()) {
      node.put("inpaint_full_res", false);
      node.put("inpainting_fill", 1);
    }
    node.remove("strength");
    putSize(node, given, requestContext);
    return arguments.with(node);
  }

  /** Decodes an image in advance, for errors that name the argument. */
  private static Image decoded(String argument, String text, RequestContext requestContext) {
    try {
      return requestContext.images().image(argument, text, requestContext.limits().pixels());
    } catch (ImageFileException e) {
      throw new FieldException(
          argument, "argument '%s': %s".formatted(argument, e.getMessage()), e);
    }
  }

  /** Sets a missing size to that of the image, reduced and rounded down. */
  private static void putSize(ObjectNode node, Image given, RequestContext requestContext) {
    double pixels = (double) given.width() * given.height();
    double scale = Math.min(1, Math.sqrt(MOST_EDITED_PIXELS / pixels));
    putIfMissing(node, "width", side(given.width(), scale, requestContext));
    putIfMissing(node, "height", side(given.height(), scale, requestContext));
  }

  private static int side(int side, double scale, RequestContext requestContext) {
    int multiple = requestContext.sizeMultiple();
    return Math.max(LEAST_SIDE, (int) (side * scale) / multiple * multiple);
  }

  private static void putIfMissing(ObjectNode node, String name, int value) {
    if (!node.has(name)) {
      node.put(name, value);
    }
  }
}
