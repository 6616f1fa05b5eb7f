package dev.sdlora.server.job.shared;

import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.job.Work;
import dev.sdlora.server.job.store.RequestFormat;

/** Makes the work of a stored request again. */
public interface WorkReader {
  /**
   * Reads a request.
   *
   * @param fields the fields, which refer to the images of the job
   * @param format the way in which the fields are read
   * @param requestContext the models, styles and images that the request can name
   */
  Work read(Fields fields, RequestFormat format, RequestContext requestContext);
}
