package dev.sdlora.lora.make;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.lora.family.LayerTables;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The metadata of LoRA files, with the keys of kohya's trainer ({@code ss_}), which A1111 and
 * ComfyUI read, and of the Stability AI model specification ({@code modelspec.}). Not safe for use
 * by several threads.
 */
public final class AdapterMetadata {
  private static final String VERSION = "ss_base_model_version";
  private static final String ARCHITECTURE = "modelspec.architecture";
  private static final String PREDICTION = "modelspec.prediction_type";

  /** Hashes of the tensors of the source file, which do not apply to the new file. */
  private static final List<String> STALE =
      List.of("sshs_model_hash", "sshs_legacy_hash", "modelspec.hash_sha256");

  private final Map<String, String> pairs = new LinkedHashMap<>();
  private boolean velocity;

  /** Creates empty metadata. */
  public AdapterMetadata() {}

  /** Copies the metadata of another file, except hashes of its tensors. */
  public static AdapterMetadata from(Map<String, String> pairs) {
    AdapterMetadata metadata = new AdapterMetadata();
    metadata.pairs.putAll(pairs);
    metadata.pairs.keySet().removeAll(STALE);
    return metadata;
  }

  /**
   * Copies the metadata of another file, except hashes of its tensors, and adds the family if it is
   * missing.
   */
  public static AdapterMetadata from(Map<String, String> pairs, ModelFamily family) {
    AdapterMetadata metadata = from(pairs);
    return pairs.containsKey(VERSION) || pairs.containsKey(ARCHITECTURE)
        ? metadata
        : metadata.model(family);
  }

  /** Whether the metadata says that the file is for a model that predicts velocity. */
  public static boolean predictsVelocity(Map<String, String> pairs) {
    return pairs.getOrDefault(VERSION, "").endsWith("_v")
        || pairs.getOrDefault(ARCHITECTURE, "").contains("-768-v")
        || pairs.getOrDefault(PREDICTION, "").startsWith("v");
  }

  /**
   * Sets the model's prediction type, velocity or noise, which affects some of the later entries.
   */
  public AdapterMetadata velocity(boolean predicted) {
    this.velocity = predicted;
    return this;
  }

  /** Sets an entry. */
  public AdapterMetadata put(String key, String value) {
    pairs.put(key, value);
    return this;
  }

  /** Removes an entry if it exists. */
  public AdapterMetadata remove(String key) {
    pairs.remove(key);
    return this;
  }

  /** Adds the model family; does nothing if it is unknown. */
  public AdapterMetadata model(ModelFamily family) {
    LayerTables.of(family)
        .ifPresent(
            table -> {
              pairs.put(VERSION, table.baseVersion(velocity));
              pairs.put("ss_v2", table.isV2() ? "True" : "False");
            });
    return this;
  }

  /**
   * Adds the size of a LoRA.
   *
   * @param convolutions whether the file changes 3×3 convolutions
   */
  public AdapterMetadata network(int rank, double alpha, boolean convolutions) {
    Map<String, String> arguments = new LinkedHashMap<>();
    if (convolutions) {
      arguments.put("conv_dim", Integer.toString(rank));
      arguments.put("conv_alpha", Decimals.text(alpha));
    }
    return network("networks.lora", rank, alpha, arguments);
  }

  /**
   * Adds the kind and size of the network.
   *
   * @param module the Python module that makes such a network in kohya's trainer
   * @param arguments the module's arguments, without entry if there are none
   */
  public AdapterMetadata network(
      String module, int rank, double alpha, Map<String, String> arguments) {
    pairs.put("ss_network_module", module);
    pairs.put("ss_network_dim", Integer.toString(rank));
    pairs.put("ss_network_alpha", Decimals.text(alpha));
    pairs.remove("ss_network_args");
    if (!arguments.isEmpty()) {
      pairs.put("ss_network_args", json(arguments));
    }
    return this;
  }

  /** Adds the entries of the model specification; does nothing if the family is unknown. */
  public AdapterMetadata specification(ModelFamily family, String title, Instant now) {
    LayerTables.of(family)
        .ifPresent(
            table -> {
              pairs.put("modelspec.sai_model_spec", "1.0.0");
              pairs.put(ARCHITECTURE, table.architecture(velocity) + "/lora");
              pairs.put("modelspec.implementation", table.implementation());
              pairs.put("modelspec.title", title);
              pairs.put("modelspec.date", now.truncatedTo(ChronoUnit.SECONDS).toString());
              if (!family.isTransformer()) {
                pairs.put(PREDICTION, velocity ? "v" : "epsilon");
              }
            });
    return this;
  }

  /** The entries, in the order in which they were set. */
  public Map<String, String> pairs() {
    return Collections.unmodifiableMap(pairs);
  }

  /** Formats an object of maps, lists, numbers, booleans and strings as JSON. */
  public static String json(Map<String, ?> object) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      write(json, object);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Map<?, ?> object) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : object.entrySet()) {
        json.writeFieldName(String.valueOf(entry.getKey()));
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Collection<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        write(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Double number) {
      json.writeNumber(new BigDecimal(Decimals.text(number)));
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else {
      json.writeString(String.valueOf(value));
    }
  }
}
