/**
 * The API server's HTTP side: one handler for each cluster.
 */
export { createHttpHandler, type HttpHandler, type HttpOptions } from './http/handler.ts';
